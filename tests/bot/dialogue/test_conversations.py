"""Conversations as residents write them: what she says → what the answer must hold.

A turn that begins with '按' presses the button of that name; one that begins with '过' lets
minutes pass; '办好' lets staff solve her newest case. A word after '不含' must not be there.
"""

import pytest

from bot.flow.cases import handle
from bot.model.case import Trigger
from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, interpreter, rules
from tests.bot.dialogue.talker import Talker
from tests.bot.proving import finish
from tests.fakes.clock import FakeClock

ESTATES = ("幸福里小区", "和平家园", "纺织厂宿舍")
LIFT = "幸福里小区3号楼2单元电梯坏了"

CONVERSATIONS: list[tuple[str, list[tuple[str, str]]]] = [
    # reports
    ("a report with its place", [(LIFT, "收到了 工单 电梯故障 电梯坏 王师傅 前给您回话 不含在哪儿")]),
    ("a report without a place is asked for it", [("楼道灯不亮", "收到了 在哪儿")]),
    ("the place is given", [("楼道灯不亮", "在哪儿"), ("5号楼3单元", "5号楼3单元 工单")]),
    ("she does not know where", [("有人在楼道抽烟", "在哪儿"), ("不知道几号楼", "没关系 不含记下了：不知道"), ("幸福里小区5号楼", "地方记下了：幸福里小区5号楼")]),
    ("when she is at home is no place", [("马桶堵了", "在哪儿"), ("家里没人，晚上6点以后才行", "补到工单 不含地方记下了"), ("幸福里小区5号楼", "地方记下了：幸福里小区5号楼")]),
    ("nobody at home is no place", [("马桶堵了", "在哪儿"), ("家里没人", "补到工单 不含地方记下了"), ("在老李家门口", "地方记下了")]),
    ("she says where she is", [("楼道灯不亮", "在哪儿"), ("我在幸福里小区5号楼", "地方记下了：幸福里小区5号楼")]),
    ("she says where before she was asked", [("灯不亮", "哪一件"), ("我在幸福里小区5号楼", "地方记下了：幸福里小区5号楼")]),
    ("the matter in one word", [("垃圾", "收到了 工单")]),
    ("a thing in one word", [("垃圾桶", "收到了 工单")]),
    ("a word of scorn", [("你们真垃圾", "对不住 不含工单")]),
    ("the place is given in words nobody parses", [("楼道灯不亮", "在哪儿"), ("就我家门口", "就我家门口")]),
    ("a greeting before the matter", [("你好，我家没水了", "收到了 没水")]),
    ("thanks before the matter", [("谢谢你们上次帮忙，这次是垃圾没人收", "收到了 垃圾")]),
    ("scolding with a matter", [("你们到底管不管，垃圾堆了三天没人收", "收到了 垃圾")]),
    ("old words", [("楼上又滴水了，滴到我家床上", "收到了 滴水")]),
    ("dialect order", [("那个车把道堵死了，轮椅过不去", "收到了 车")]),
    ("a long complaint", [("我家住在幸福里小区3号楼，" + "楼上每天半夜吵得睡不着觉，" * 20, "收到了 ……")]),
    ("ten thousand characters", [("楼上漏水" + "，天花板都湿了" * 1428, "收到了 楼上漏水")]),
    ("something nobody has a word for", [("咕噜咕噜的那个玩意儿老在那里转", "收到了 由同事来分")]),
    ("spoken numbers", [("幸福里小区三号楼二单元电梯坏了", "收到了 电梯故障 王师傅")]),
    ("full-width letters", [("３号楼电梯坏了", "收到了 电梯故障")]),
    # more about the same
    ("a stream of messages is one case", [(LIFT, "收到了"), ("老人下不了楼", "补到工单"), ("已经三天了", "补到工单")]),
    ("fragments in a hurry", [("电梯", "收到了"), ("坏了", "工单"), ("3号楼的", "3号楼"), ("电梯", "补到工单")]),
    ("she says that she adds", [(LIFT, "收到了"), ("补充一下，里面灯也不亮", "补到工单")]),
    ("the same matter again", [(LIFT, "收到了"), ("电梯坏了", "补到工单 不含收到了")]),
    ("the same kind elsewhere is another case", [(LIFT, "收到了"), ("5号楼1单元电梯也坏了", "收到了 5号楼")]),
    ("a second problem that is not clear yet", [(LIFT, "收到了 电梯"), ("楼下太吵了", "收到了 哪一件")]),
    ("a second problem", [(LIFT, "收到了 电梯"), ("还有东门垃圾没人收", "收到了 垃圾")]),
    # places and questions
    ("the place of the other one", [("楼下下水道堵了，臭水冒出来了", "在哪儿"), ("老年食堂几点开饭", "收到了 不含在哪儿"), ("幸福里小区9号楼", "地方记下了：幸福里小区9号楼"), ("我的工单怎么样了", "下水道")]),
    ("the place of both", [("路灯不亮", "在哪儿"), ("楼道里堆了好多纸箱子", "在哪儿"), ("幸福里小区1号楼", "地方记下了 路灯不亮 一样"), ("一样", "地方记下了：幸福里小区1号楼 不含一样"), ("一样", "不含地方")]),
    ("the same place as none", [("路灯不亮", "在哪儿"), ("有两盏", "补到工单"), ("一样", "补到工单 不含地方")]),
    ("the place of both, one after the other", [("路灯不亮", "在哪儿"), ("楼道里堆了好多纸箱子", "在哪儿"), ("幸福里小区1号楼", "路灯不亮"), ("幸福里小区2号楼门口", "地方记下了：幸福里小区2号楼")]),
    ("the estate comes after the house", [("那我也要报，3号楼电梯不动", "收到了"), ("幸福里小区", "地方记下了：幸福里小区3号楼")]),
    ("a place with words that mean nothing", [("楼上两口子又吵架了", "在哪儿"), ("幸福里小区10号楼3单元，我是楼下的", "地方记下了：幸福里小区10号楼3单元")]),
    ("a place is no other matter", [("有人把车停我车位上了", "在哪儿"), ("车牌沪A12345", "补到工单"), ("幸福里小区地下车库B2", "地方记下了")]),
    ("a danger at the place that was asked for", [("楼道灯不亮", "在哪儿"), ("幸福里小区8号楼有人晕倒了", "120")]),
    ("who comes is said with the place, once", [("楼道灯不亮", "在哪儿"), ("幸福里小区3号楼", "地方记下了")]),
    ("what is noted", [("幸福里小区3号楼1单元的电梯坏了", "收到了"), ("不对，是4号楼", "4号楼1单元"), ("现在记的是哪里？", "4号楼1单元 负责 前给您回话")]),
    ("when the water comes", [("幸福里小区10号楼停水了", "收到了"), ("什么时候来水", "您问的 负责")]),
    ("where to go", [("开居住证明要带什么", "工单"), ("在哪儿办", "您问的 不含收到了")]),
    ("what to do now, in a danger", [("家里有很重的煤气味", "离开"), ("现在怎么办", "离开 119 提醒了一次")]),
    ("thanks and a new matter in one breath", [("幸福里小区6号楼单元门关不上", "收到了"), ("好的谢谢，对了我家门口路灯也坏了，6号楼前面", "收到了 路灯")]),
    ("she says that she will say something", [("我想反映个问题", "您说 不含工单"), (LIFT, "收到了")]),
    ("the place comes first", [("幸福里小区10号楼", "什么事"), ("停水了", "收到了：幸福里小区10号楼，停水了 不含在哪儿")]),
    ("how many", [(LIFT, "收到了"), ("我一共报了几件？", "电梯坏了 派给人了")]),
    ("it came right by itself", [("有人把车停我车位上了", "收到了"), ("联系上车主了，已经挪走了", "记下了 不用再办了吧"), ("对", "撤回了")]),
    ("found again", [("我家老人走丢了", "110"), ("找到了找到了，谢谢", "不用再办了吧"), ("按不撤，接着办", "负责")]),
    ("polite words take nothing back", [(LIFT, "收到了"), ("好了", "好的 不含不用再办")]),
    ("not solved, and nothing is known of it", [("你们没修好", "哪件事 不含收到了")]),
    ("what is to be done besides", [(LIFT, ""), ("不用派人修，叫人打扫一下就行", "不含要撤回")]),
    ("a matter of a neighbour", [("隔壁老李说他报了个电梯的单子，到哪一步了", "报的人 工单号")]),
    ("words in the middle of a matter are no cry for help with us", [("就是那个微信，孙女发的照片打不开", "收到了"), ("字太小了看不清", "补到工单"), ("你能干什么", "看进度")]),
    ("the other one after all", [("灯不亮", "哪一件"), ("按路灯不亮", "胡工"), ("是楼道灯", "按“楼道灯不亮”办 王师傅 不含收到了")]),
    ("not that one but the other", [("灯不亮", "哪一件"), ("路灯", "胡工"), ("幸福里小区3号楼", "地方记下了"), ("不是，是楼道灯", "按“楼道灯不亮”办 王师傅 不含收到了")]),
    ("the other one too", [("灯不亮", "哪一件"), ("按路灯不亮", "胡工"), ("楼道灯也不亮", "收到了 王师傅")]),
    ("which of them, after the place", [("灯不亮", "哪一件"), ("幸福里小区3号楼", "地方记下了"), ("第二件", "按“楼道灯不亮”办")]),
    ("which of them, in a word after the place", [("灯不亮", "哪一件"), ("幸福里小区3号楼", "地方记下了"), ("楼道灯", "按“楼道灯不亮”办")]),
    ("which of them, after two places", [("楼上天天半夜放音乐吵死人了，还有楼下垃圾桶满了没人收", "2 件事"), ("幸福里小区3号楼", "地方记下了 一样"), ("一样", "地方记下了"), ("第一件", "按“邻居吵闹”办")]),
    ("which sentence of them, after the place", [("路灯坏了。垃圾桶满了没人倒", "哪一件"), ("幸福里小区3号楼", "地方记下了"), ("第二件", "按“垃圾清运”办")]),
    ("a doubtful one and another elsewhere", [("灯不亮", "哪一件"), ("幸福里小区3号楼", "地方记下了"), ("5号楼路灯也坏了", "收到了 5号楼")]),
    ("another matter that is done already", [("幸福里小区3号楼楼道灯不亮了", "收到了"), ("水管漏水，已经修好了", "收到了 水管 不含不用再办")]),
    ("her own matter that is done already", [("幸福里小区3号楼楼道灯不亮了", "收到了"), ("灯泡坏了，我自己已经换好了", "不含收到了")]),
    ("a cover that she put back", [(LIFT, "收到了"), ("幸福里3号楼的井盖丢了我自己已经盖上了", "收到了 井盖 不含不用再办")]),
    ("two matters with a comma, in two houses", [("幸福里小区3号楼电梯坏了，5号楼下水道堵了", "2 件事 电梯故障 下水道堵了 幸福里小区5号楼")]),
    ("one kind in two houses", [("幸福里小区3号楼电梯坏了，5号楼电梯也坏了", "2 件事 幸福里小区5号楼")]),
    ("two matters with a comma, in one house", [("幸福里小区3号楼电梯坏了，下水道堵了", "哪一件"), ("按都是，分开办", "2 件事 电梯故障 下水道堵了")]),
    ("a comma in one matter", [("幸福里小区5号楼下水道堵了，臭水冒出来了", "收到了 归到“下水道堵了”"), ("我的工单怎么样了", "不含最近的事")]),
    ("where she lives and where it is", [("我住幸福里小区3号楼，5号楼的电梯坏了", "收到了 不含分开办")]),
    ("two matters in one message", [("幸福里小区2号楼电梯坏了，另外垃圾桶也满了没人倒", "2 件事 电梯故障 垃圾清运 不含在哪儿"), ("我的工单怎么样了", "电梯坏了 垃圾桶也满了")]),
    ("two matters without a place", [("路灯不亮，还有垃圾桶满了没人倒", "2 件事 在哪儿"), ("幸福里小区2号楼", "地方记下了 一样"), ("一样", "地方记下了")]),
    ("matters with numbers", [("我要报两件事：1、楼道灯不亮 2、垃圾没人收", "2 件事 楼道灯不亮 垃圾清运 在哪儿")]),
    ("two matters, of which one is doubtful", [("楼上天天半夜放音乐吵死人了，还有楼下垃圾桶满了没人收", "2 件事 垃圾清运 哪一件"), ("第一个", "按 负责"), ("我的工单怎么样了", "放音乐 垃圾桶")]),
    ("matters with numbers, of which one is doubtful", [("我要报两件事：1、楼道灯不亮 2、门口有狗屎", "2 件事 楼道灯不亮 哪一件")]),
    ("a matter of two things is no announcement", [("幸福里小区2号楼2个电梯坏了，另外垃圾没人收", "2 件事 电梯故障 垃圾清运")]),
    ("houses with numbers are no matters", [("1、2号楼电梯坏了", "收到了：1、2号楼电梯坏了")]),
    ("matters with numbers and one place", [("幸福里小区2号楼，第一电梯坏了，第二垃圾没人收", "2 件事 电梯故障 垃圾清运 不含在哪儿")]),
    ("a sentence for each matter: she is asked", [("幸福里小区3号楼三单元的电梯又坏了。垃圾没人收", "哪一件"), ("按都是，分开办", "2 件事 电梯故障 垃圾清运 不含在哪儿"), ("我的工单怎么样了", "电梯又坏了 垃圾没人收")]),
    ("a sentence for each matter: pressed twice", [("幸福里小区3号楼三单元的电梯又坏了。垃圾没人收", "哪一件"), ("按都是，分开办", "2 件事"), ("按都是，分开办", "已经分好类"), ("我的工单怎么样了", "电梯又坏了 垃圾没人收")]),
    ("a sentence for each matter: all, in words", [("幸福里小区3号楼的路灯坏了！下水道堵了！", "哪一件"), ("两件都是", "2 件事 路灯不亮 下水道")]),
    ("a sentence for each matter: one is meant", [("幸福里小区3号楼楼道灯坏了。晚上路灯不亮看不见路", "哪一件"), ("第一个", "楼道灯 不含件事")]),
    ("a sentence for each matter, one is urgent", [("幸福里小区3号楼停水了。电梯也坏了", "2 件事 停水 电梯故障")]),
    ("a sentence for each matter, one in doubt", [("幸福里小区3号楼三单元的灯又坏了。垃圾没人收", "哪一件"), ("都是", "2 件事 垃圾清运 哪一件"), ("第二个", "楼道灯"), ("我的工单怎么样了", "灯又坏了 垃圾没人收")]),
    ("a sentence and what comes of it", [("幸福里小区3号楼停水了。马桶冲不了", "收到了 停水 不含件事 不含哪一件")]),
    ("three matters", [("电梯坏了，还有路灯不亮，另外垃圾没人收", "3 件事 电梯故障 路灯不亮 垃圾清运 在哪儿"), ("我的工单怎么样了", "电梯坏了 路灯不亮 垃圾没人收")]),
    ("two sides of one matter", [("幸福里小区2号楼电梯坏了，还有电梯按钮也不亮", "收到了 不含件事")]),
    ("a danger and a matter", [("3号楼着火了，另外垃圾桶也满了没人倒", "119 不含件事")]),
    ("one word at a time", [("我们楼", "一起做"), ("幸福里小区10号楼", "什么事"), ("停水了", "收到了：我们楼，幸福里小区10号楼，停水了 不含在哪儿"), ("早上六点就没水", "补到工单")]),
    ("words between are about what she spoke of", [("楼上两口子又吵架了", "在哪儿"), ("路灯不亮", "在哪儿"), ("幸福里小区10号楼3单元", "地方记下了 吵架"), ("他们经常这样", "补到工单")]),
    ("safe at home is no place", [("他还威胁我要打我", "110 在哪儿"), ("没事我现在在家里，安全的", "补到工单 不含地方")]),
    ("what nobody offers", [("今天天气怎么样", "这个我不会"), ("那给我讲个笑话", "这个我不会")]),
    ("whom to ask, of what is not ours", [("老板欠我三个月工资不给", "12333"), ("我该找谁", "12333")]),
    ("another language in the middle of a matter", [("8号楼暖气不热", "收到了"), ("my child is cold, please help", "补到工单 Chinese")]),
    ("half a matter at a time", [("3号楼", "什么事"), ("2单元", "什么事"), ("门", "什么事"), ("关不上", "收到了：3号楼，2单元，门，关不上 哪一件")]),
    ("half a word is no matter yet", [("水", "什么事"), ("灯", "什么事"), (LIFT, f"收到了：{LIFT} 不含水，灯")]),
    ("another matter in the middle that is not clear yet", [("孩子放学托管在哪报名", "收到了"), ("还有楼下滑梯坏了，划到手了", "收到了")]),
    ("words that sounded like a place give way to one", [("着火了", "119"), ("下面好多人看着", ""), ("幸福里小区9号楼", "地方记下了：幸福里小区9号楼")]),
    ("goodbye is no place", [("1号楼有人在楼道抽烟", "哪个小区"), ("再见", "不含补到"), ("幸福里小区", "地方记下了：幸福里小区1号楼")]),
    ("thanks twice over and a matter", [("好的好的谢谢，还有个事，小区里晚上跳广场舞太吵", "收到了")]),
    ("asked about the one before", [("孩子放学托管在哪报名", "收到了"), ("楼下滑梯坏了", "收到了"), ("托管的事谁负责", "您问的 不含收到了")]),
    ("in the same house", [("幸福里小区11号楼没水了", "收到了"), ("又没电了", "在哪儿"), ("同一栋", "地方记下了：幸福里小区11号楼")]),
    ("a question is no choice", [("租客把房子弄得乱七八糟", "哪一件"), ("这个归你们管吗", "您问的 不含其他")]),
    ("polite words say nothing of the end", [("租客把房子弄得乱七八糟", "收到了"), ("好吧谢谢", "不含不用再办")]),
    ("only what it is not", [("幸福里小区9号楼水管响", "收到了"), ("不是漏水", "补到工单 不含按")]),
    ("only where it is not", [(LIFT, "收到了"), ("不是3号楼", "补到工单 不含改过来")]),
    # corrections
    ("the house is wrong", [(LIFT, "收到了"), ("不是3号楼，是5号楼", "改过来了 幸福里小区5号楼2单元")]),
    ("said wrongly", [(LIFT, "收到了"), ("说错了，是4号楼", "改过来了 4号楼")]),
    ("the matter is wrong", [("我家漏水了", "收到了"), ("不是漏水，是停水", "按“停水”办 工单")]),
    ("nothing to correct", [("不是3号楼，是5号楼", "再说一遍")]),
    # doubt
    ("which of the two", [("楼下太吵了", "工单 哪一件"), ("第一个", "好的，按 负责")]),
    ("a button decides", [("楼下太吵了", "哪一件"), ("按都不是", "好的，按“其他")]),
    ("a digit decides", [("楼下太吵了", "哪一件"), ("2", "好的，按")]),
    ("short words", [("那个啥", "是要社区办什么事吗")]),
    ("short words that she wants kept", [("那个啥", "什么事"), ("按就这样记下来", "收到了：那个啥")]),
    # progress
    ("how does it stand", [(LIFT, "收到了"), ("我的工单怎么样了", "工单 电梯坏了 派给人了 王师傅")]),
    ("where has it got to", [(LIFT, "收到了"), ("办到哪了", "派给人了")]),
    ("nothing to stand", [("我的工单怎么样了", "没有在办的事")]),
    ("several", [(LIFT, "收到了"), ("东门垃圾没人收", "收到了"), ("我的工单怎么样了", "您最近的事 电梯 垃圾")]),
    ("somebody else's number", [("K2A4怎么样了", "不是从这里提的")]),
    ("she urges", [(LIFT, "收到了"), ("怎么还没来，催一下", "催过了 王师傅")]),
    ("she urges without a case", [("催一下", "没有在办的事")]),
    ("anger about her case urges it", [(LIFT, "收到了"), ("你们到底管不管", "催过了")]),
    ("contradicting with a matter", [("师傅说他到了，但是电梯还是坏的", "收到了 电梯")]),
    ("anger about nothing", [("你们到底管不管", "让您着急了 哪件事")]),
    # the end
    ("solved, and points", [(LIFT, "收到了"), ("办好", ""), ("好了", "太好了 加 5 分")]),
    ("solved by button", [(LIFT, "收到了"), ("办好", ""), ("按好了", "加 5 分")]),
    ("pressed twice", [(LIFT, "收到了"), ("办好", ""), ("按好了", "加 5 分"), ("按好了", "办结 不含加")]),
    ("not solved", [(LIFT, "收到了"), ("办好", ""), ("没修好，还是坏的", "没好就接着办 重新打开")]),
    ("not solved by button", [(LIFT, "收到了"), ("办好", ""), ("按没好", "没好就接着办")]),
    ("how it was, in two taps", [(LIFT, ""), ("办好", ""), ("按好了", "加 5 分 办得怎么样"), ("按满意", "谢谢 不含重新办")]),
    ("a sentence to it, once", [(LIFT, ""), ("办好", ""), ("按好了", "怎么样"), ("按满意", "想说一句的话"), ("师傅很耐心", "您说的记下了"), ("师傅很耐心", "不含记下了，谢谢")]),
    ("what was bad about it", [(LIFT, ""), ("办好", ""), ("按好了", "怎么样"), ("按不满意", "哪儿不好"), ("等了两天才来", "调度员都看得到")]),
    ("another matter is no sentence to it", [(LIFT, ""), ("办好", ""), ("按好了", "怎么样"), ("按满意", "想说一句"), ("和平家园5号楼下水道堵了", "下水道堵了 工单")]),
    ("an unhappy answer offers to reopen", [(LIFT, ""), ("办好", ""), ("按好了", "怎么样"), ("按不满意", "调度员"), ("按重新办", "重新打开 不含怎么样")]),
    ("asked after a dispute", [(LIFT, ""), ("办好", ""), ("按没好", "没好就接着办 怎么样"), ("按一般", "记下了")]),
    ("never asked twice about a round", [(LIFT, ""), ("办好", ""), ("按好了", "怎么样"), ("没修好，还是坏的", "不含怎么样")]),
    ("answered once", [(LIFT, ""), ("办好", ""), ("按好了", "怎么样"), ("按满意", "谢谢"), ("按不满意", "已经评过")]),
    ("no question about an emergency at night", [("3号楼着火了", "119"), ("办好", ""), ("过780", ""), ("按好了", "不含怎么样")]),
    ("yes to nothing", [("好的", "好的")]),
    ("it broke again", [(LIFT, "收到了"), ("办好", ""), ("好了", "加 5 分"), ("3号楼电梯又坏了", "收到了 工单")]),
    ("points explained", [(LIFT, ""), ("办好", ""), ("好了", "加 5 分"), ("我的积分", "5 分 新邻居 今天 +5")]),
    ("no points yet", [("我的积分", "0 分")]),
    ("taken back", [(LIFT, "收到了"), ("不用了，撤回吧", "要撤回"), ("按撤回", "撤回了")]),
    ("not taken back after all", [(LIFT, "收到了"), ("撤回", "要撤回"), ("按不撤，接着办", "派给人了")]),
    ("which of several to take back", [(LIFT, ""), ("和平家园5号楼下水道堵了", ""), ("东门垃圾没人收", ""), ("撤回", "要撤回 垃圾"), ("按撤回", "撤回了"), ("撤回", "哪一件 电梯 下水道 不含垃圾")]),
    ("nothing to take back", [("撤回", "没有能撤回")]),
    ("taken back in words", [(LIFT, ""), ("算了撤回吧，他自己修", "要撤回"), ("是的撤回", "撤回了"), ("我的工单怎么样了", "撤回")]),
    ("taken back by what it is about", [("幸福里小区8号楼电梯坏了", ""), ("幸福里小区8号楼下水道也堵了", ""), ("电梯那个不用修了", "要撤回 电梯 不含下水道"), ("对", "撤回了")]),
    ("which one she means is asked", [("幸福里小区8号楼单元门坏了", ""), ("幸福里小区8号楼下水道也堵了", ""), ("楼里的那个不用修了", "哪一件 单元门 下水道")]),
    ("taken back by saying so twice", [(LIFT, ""), ("算了", "要撤回"), ("没事了", "撤回了")]),
    ("kept in words", [(LIFT, ""), ("算了", "要撤回"), ("不撤了，你们来吧", "派给人了 不含撤回了")]),
    ("no is not sure", [(LIFT, ""), ("撤回", "要撤回"), ("不", "派给人了 不含撤回了")]),
    ("another matter instead of an answer", [(LIFT, ""), ("撤回", "要撤回"), ("和平家园5号楼下水道堵了", "收到了")]),
    ("nothing begun, nothing to take back", [("算了", "不办了 不含工单")]),
    ("an idea is left", [("我有个想法，小区里弄个晾衣服的地方", "在哪儿做"), ("算了不说了", "先放着"), (LIFT, "收到了")]),
    ("a case is taken back in the middle of a deed", [(LIFT, ""), ("我要申报", ""), ("撤回", "要撤回")]),
    ("who can't go on is not left alone", [("活着太累了，我不想活了", "12356"), ("不用管我", "12356 补到工单 不含撤回"), ("算了", "12356 不含撤回")]),
    # what becomes of what she says
    ("who reads it", [("我告诉你们的这些，别人看得到吗", "看得到 邻居 不含找不回来"), ("按删掉", "六个数字")]),
    ("how long", [("你们存我的信息存多久", "期限 自动删")]),
    ("it is to be gone", [("删除我的信息", "找不回来"), ("不删了，先不删", "一切照旧 不含工单")]),
    ("it is to be gone after all", [("能删掉吗，我的资料", "找不回来"), ("删掉", "六个数字"), ("算了", "一切照旧")]),
    ("who told is a secret", [("有人把电动车推上楼充电", "收到了"), ("能不能别让他知道是我说的", "放心 不含找不回来")]),
    ("a matter and a secret", [("楼上天天吵，别告诉他是我说的", "收到了 放心")]),
    # people
    ("greeting", [("你好", "您好 直接说")]),
    ("thanks", [("谢谢啊", "不客气")]),
    ("thanks after a report", [(LIFT, "收到了"), ("谢谢", "不客气")]),
    ("what can you do", [("你能干什么", "直接说 人工")]),
    ("who is there", [("你是谁", "小助手 不是真人 人工")]),
    ("a person or a machine", [("你是机器人还是真人", "小助手 不是真人"), (LIFT, "收到了")]),
    ("is it to be trusted", [("这是哪个平台啊，能信吗", "小助手 人工")]),
    ("when people are there", [("你们几点上班", "现在有人上班 今天下午5点半")]),
    ("when people go home", [("你们几点下班", "现在有人上班 今天下午5点半")]),
    ("when people are there again", [("过780", ""), ("周末上班吗", "现在没人上班 明天上午8点半 下午5点半")]),
    ("the number, where none is known", [("社区电话多少", "没有写社区的电话 人工")]),
    ("a name is no matter", [("我姓张", "您说 不含工单"), (LIFT, "收到了")]),
    ("a name for a matter", [(LIFT, "收到了"), ("我叫李秀英", "补到工单")]),
    ("a name for who will answer", [("人工", "值班的同事"), ("我姓张", "您说 不含工单")]),
    ("who scolds about a case is told sorry", [(LIFT, "收到了"), ("你们就是废物", "对不住 催过了 工单")]),
    ("small talk", [("今天天气不错", "听着")]),
    ("goodbye", [("谢谢，再见", "再见 不含听着呢")]),
    ("goodbye is no danger", [("好的再见", "再见 不含危险"), ("知道了，再见", "再见 不含危险")]),
    ("goodbye after a report", [(LIFT, "收到了"), ("好的，再见", "再见 不含补到")]),
    ("is anybody there", [("听得见吗", "您好 不含看积分")]),
    ("nothing", [("", "没收到字")]),
    ("blanks", [("   \n ", "没收到字")]),
    ("a person on duty", [("人工", "值班的同事")]),
    ("a person at night", [("过780", ""), ("转人工", "没人值班 明天")]),
    ("words for a person wait for one", [("人工", "值班的同事"), ("就那个那个", "记下了 同事")]),
    ("a matter is taken up while nobody answers", [("人工", "值班的同事"), ("我家电梯坏了", "收到了 工单")]),
    ("progress is told meanwhile", [(LIFT, "收到了"), ("人工", "值班"), ("我的工单怎么样了", "派给人了")]),
    ("nobody has to wait for a person", [("人工", "值班"), ("那个啥", "记下了"), ("按不用等人了", "好的"), ("那个啥", "是要社区办什么事吗")]),
    ("polite words end nothing", [(LIFT, "收到了"), ("办好", ""), ("好的，我下班回去看看", "是办好了吗 不含办结"), ("按好了", "加 5 分")]),
    ("an emergency while talking with a person", [("人工", "值班"), ("着火了", "119")]),
    # emergencies
    ("fire", [("3号楼着火了", "请马上打 119 工单")]),
    ("gas", [("家里有很重的煤气味", "离开 119")]),
    ("medical", [("老伴晕倒了，叫不醒", "120")]),
    ("trapped", [("我被困在电梯里了", "119 不要扒门")]),
    ("violence in the family", [("我老公打我，我害怕", "110 不是您的错")]),
    ("self-harm", [("我不想活了", "12356 陪着")]),
    ("a missing person", [("我家老人走丢了", "110 照片")]),
    ("one emergency is one case", [("3号楼着火了", "119 工单"), ("火越来越大了，着火的是3楼", "119 补到工单")]),
    ("a drill is no emergency", [("着火演练的通知在哪看", "不含119")]),
    ("what is near is no word about the fire", [("3号楼着火了", "119 工单"), ("附近的事", "看进度 不含补到")]),
    ("a question about it is neither", [("3号楼着火了", "119 工单"), ("附近有什么事", "看进度 不含补到")]),
    # elsewhere
    ("somebody else's business", [("社保卡怎么补办", "社区办不了 12333 工单")]),
    ("please look all the same", [("社保卡怎么补办", "12333"), ("按请社区也看看", "接着办")]),
    # codes
    ("a code for the other channel", [("关联", "关联码是 10 分钟")]),
    ("a wrong code", [("关联 123456", "不对")]),
    ("guessing codes", [(f"关联 12345{n}", "") for n in range(5)] + [("关联 123459", "太多")]),
    ("a code to write down", [("恢复码", "您的恢复码是 抄在纸上")]),
]  # fmt: skip


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


@pytest.fixture
async def talker(storage: Storage, clock: FakeClock) -> Talker:
    community = Community(storage, rules())
    await community.fill()
    return Talker(storage, community.rules, interpreter(*ESTATES), clock)


async def solve_newest(talker: Talker) -> None:
    """Staff solve her newest case; the buttons of the question are hers to press."""

    def unit(tx: Tx) -> None:
        contact = tx.people.meet("web", talker.address)
        case = tx.cases.of_person(contact.person_id, limit=1)[0]
        assert case.handler_id is not None
        staff = tx.staff.get(case.handler_id)
        case = handle.take(tx, talker.rules, case.id, staff, version=case.version)
        finish(tx, talker.rules, case.id, staff, "换了零件，试过了", version=case.version)

    await talker.storage.write(unit)
    contact = await talker.storage.read(lambda views: views.people.find("web", talker.address))
    assert contact is not None
    lines = await talker.storage.read(
        lambda views: views.chat.lines(contact.id, after=None, limit=9)
    )
    talker.buttons = lines[-1].buttons


async def turn(talker: Talker, said: str) -> str:
    if said.startswith("按"):
        return (await talker.press(said[1:])).text
    if said.startswith("过"):
        talker.clock.move(minutes=int(said[1:]))
        return ""
    if said == "办好":
        await solve_newest(talker)
        return ""
    return (await talker.say(said)).text


@pytest.mark.parametrize(
    ("label", "turns"), CONVERSATIONS, ids=[label for label, _ in CONVERSATIONS]
)
async def test_conversation(talker: Talker, label: str, turns: list[tuple[str, str]]) -> None:
    for said, expected in turns:
        heard = await turn(talker, said)
        for word in expected.split():
            if word.startswith("不含"):
                assert word[2:] not in heard, (label, said, heard)
            else:
                assert word in heard, (label, said, heard)
        if not expected and said == turns[-1][0] and "talking" in label:
            assert heard == "", (label, heard)


def test_there_are_at_least_fifty() -> None:
    assert len(CONVERSATIONS) >= 50


async def test_a_linked_contact_has_the_cases_and_points_of_the_person(talker: Talker) -> None:
    await talker.say(LIFT)
    await solve_newest(talker)
    await talker.say("好了")
    other = Talker(talker.storage, talker.rules, talker.interpreter, talker.clock, "phone")
    code = (await other.say("关联")).text.split("关联码是 ")[1][:6]
    assert "连好了" in (await talker.say(f"关联 {code}")).text
    assert "5 分" in (await other.say("我的积分")).text
    assert "电梯坏了" in (await other.say("我的工单怎么样了")).text
    assert "不对" in (await talker.say(f"关联 {code}")).text


async def test_a_recovery_code_finds_everything_again(talker: Talker) -> None:
    await talker.say(LIFT)
    code = (await talker.say("恢复码")).text.split("恢复码是 ")[1][:14]
    new = Talker(talker.storage, talker.rules, talker.interpreter, talker.clock, "new browser")
    assert "连好了" in (await new.say(f"恢复码 {code}")).text
    assert "电梯坏了" in (await new.say("办到哪了")).text


async def test_a_code_written_down_before_two_accounts_became_one_finds_it_still(
    talker: Talker,
) -> None:
    def elsewhere(address: str) -> Talker:
        return Talker(talker.storage, talker.rules, talker.interpreter, talker.clock, address)

    await talker.say(LIFT)
    link = (await talker.say("关联")).text.split("关联码是 ")[1][:6]
    browser = elsewhere("browser")
    written = (await browser.say("恢复码")).text.split("恢复码是 ")[1][:14]
    assert "连好了" in (await browser.say(f"关联 {link}")).text
    new = elsewhere("new browser")
    assert "连好了" in (await new.say(f"恢复码 {written}")).text
    assert "电梯坏了" in (await new.say("办到哪了")).text


async def test_a_pressed_button_of_somebody_else_does_nothing(talker: Talker) -> None:
    await talker.say(LIFT)
    await solve_newest(talker)
    choice = talker.buttons[0].choice
    stranger = Talker(talker.storage, talker.rules, talker.interpreter, talker.clock, "stranger")
    assert "过时" in (await stranger.say("好了", choice)).text


@pytest.mark.parametrize(
    "choice", ["", ":", "confirm", "confirm:x", "confirm:999", "service:1", "service:1:nope", "x:y"]
)
async def test_a_choice_that_nobody_offered_gets_a_kind_sentence(
    talker: Talker, choice: str
) -> None:
    await talker.say("楼下太吵了")
    assert "过时" in (await talker.say("?", choice)).text


async def test_a_pressed_button_is_not_quoted_as_her_words(talker: Talker) -> None:
    await talker.say(LIFT)
    await solve_newest(talker)
    await talker.press("没好")
    page = await talker.storage.read(lambda views: views.cases.page(1))
    assert page is not None
    assert [one.words for one in page.events if one.trigger is Trigger.DISPUTE] == [""]


async def test_who_is_nearer_is_said_once_with_the_place(talker: Talker) -> None:
    busy = Talker(talker.storage, talker.rules, talker.interpreter, talker.clock, "busy")
    await busy.say(LIFT)
    await talker.say("楼道灯不亮")
    await talker.say("幸福里小区3号楼")
    contact = await talker.storage.read(lambda views: views.people.find("web", talker.address))
    assert contact is not None
    lines = await talker.storage.read(
        lambda views: views.chat.lines(contact.id, after=None, limit=9)
    )
    first, second = [line.text for line in lines if not line.own]
    assert "赵师傅负责" in first
    assert "地方记下了" in second
    assert "王师傅负责" in second
