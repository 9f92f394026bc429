"""What can be asked for in every state."""

from dataclasses import replace

from bot.dialogue.phone.talk import Step, Talk


def repeat(talk: Talk) -> Step:
    """Say the last once more."""
    return talk.step(talk.call.state, talk.call.said, asks=False)


def slower(talk: Talk) -> Step:
    """Say the last once more, and everything from now on slowly."""
    said = talk.call.said.removeprefix(talk.say("again.slower"))
    call = replace(talk.call, slow=True)
    return talk.step(call.state, talk.say("again.slower"), said, call=call, asks=False)
