"""What people do in their chats; each thing becomes an update."""

from typing import Any

from tests.fakes.botapi.chats import person
from tests.fakes.botapi.methods import Methods
from tests.fakes.botapi.queue import Updates
from tests.fakes.botapi.schema import faults


class People:
    """A person's id is the id of the person's chat; groups are below zero."""

    def __init__(self, methods: Methods, updates: Updates, complaints: list[str]) -> None:
        self._methods = methods
        self._updates = updates
        self._complaints = complaints
        self._albums = 0

    async def raw(self, update: dict[str, Any]) -> int:
        """Any update at all, right or wrong; its number is returned."""
        return await self._updates.add(update)

    async def say(self, chat: int, /, *, by: int | None = None, **content: Any) -> int:
        """A message with any content; its id is returned."""
        kind = "private" if chat > 0 else "supergroup"
        sender = person(by or chat)
        message = self._methods.post(self._methods.chat(chat, kind), sender, content)
        await self._tell({"message": dict(message)})
        return int(message["message_id"])

    async def text(self, chat: int, text: str, **more: Any) -> int:
        return await self.say(chat, text=text, **more)

    async def group_text(self, group: int, by: int, text: str, **more: Any) -> int:
        """Words in a group; what looks like a mention gets its entity, as the apps do."""
        entities = [
            {
                "type": "mention",
                "offset": len(text[: text.index(word)].encode("utf-16-le")) // 2,
                "length": len(word),
            }
            for word in text.split()
            if word.startswith("@")
        ]
        if entities:
            more["entities"] = entities
        return await self.say(group, by=by, text=text, **more)

    async def photo(
        self, chat: int, content: bytes = b"jpeg", caption: str = "", **more: Any
    ) -> int:
        small = self._methods.keep(b"small", "photos") | {"width": 90, "height": 60}
        large = self._methods.keep(content, "photos") | {"width": 1280, "height": 960}
        if caption:
            more["caption"] = caption
        return await self.say(chat, photo=[small, large], **more)

    async def album(self, chat: int, *contents: bytes, caption: str = "") -> list[int]:
        self._albums += 1
        album = f"album-{self._albums}"
        captions = [caption, *("" for _ in contents)]
        return [
            await self.photo(chat, one, words, media_group_id=album)
            for one, words in zip(contents, captions, strict=False)
        ]

    async def voice(self, chat: int, content: bytes, seconds: int = 3) -> int:
        file = self._methods.keep(content, "voice")
        return await self.say(chat, voice=file | {"duration": seconds, "mime_type": "audio/ogg"})

    async def location(self, chat: int, latitude: float, longitude: float, **more: Any) -> int:
        place = {"latitude": latitude, "longitude": longitude} | more
        return await self.say(chat, location=place)

    async def live(self, chat: int, latitude: float, longitude: float) -> int:
        return await self.location(chat, latitude, longitude, live_period=900)

    async def move(self, chat: int, message_id: int, latitude: float, longitude: float) -> None:
        """The live position goes elsewhere."""
        place = {"latitude": latitude, "longitude": longitude, "live_period": 900}
        await self.edit(chat, message_id, location=place)

    async def edit(self, chat: int, message_id: int, **content: Any) -> None:
        message = self._methods.chat(chat).messages[message_id]
        message |= content | {"edit_date": self._methods.now()}
        await self._tell({"edited_message": dict(message)})

    async def press(self, chat: int, message_id: int, label: str, by: int | None = None) -> str:
        """Press a button; the id of the query is returned."""
        message = self._methods.chat(chat).messages[message_id]
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(b["callback_data"] for row in rows for b in row if b["text"] == label)
        query_id = f"query-{len(self._methods.queries)}"
        self._methods.queries[query_id] = False
        query = {
            "id": query_id,
            "from": person(by or chat),
            "chat_instance": "1",
            "message": dict(message),
            "data": data,
        }
        await self._tell({"callback_query": query})
        return query_id

    async def follow(self, chat: int, message_id: int, label: str, by: int) -> int:
        """Press a button that is a link into her own chat with the bot, as the apps do it.

        Her chat is there from then on, also when she never met the bot.
        """
        rows = self._methods.chat(chat).messages[message_id]["reply_markup"]["inline_keyboard"]
        url = next(b["url"] for row in rows for b in row if b["text"] == label)
        name = self._methods.bot["username"]
        payload = str(url).removeprefix(f"https://t.me/{name}?start=")
        assert payload != url, f"{url} opens no chat with the bot"
        return await self.text(by, f"/start {payload}")

    async def block(self, chat: int) -> None:
        """The person blocks the bot, which is told."""
        shown, bot = self._methods.chat(chat), self._methods.bot
        shown.blocked = True
        change = {
            "chat": shown.raw,
            "from": person(chat),
            "date": self._methods.now(),
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
        }
        await self._tell({"my_chat_member": change})

    async def _tell(self, update: dict[str, Any]) -> None:
        numbered = {"update_id": self._updates.next_id} | update
        self._complaints += faults(numbered, "Update")
        await self._updates.add(numbered)
