"""Places that are no house: 老菜场边上那个公厕, 解放街北口, 2号楼到3号楼之间, 东门口."""

import re
from collections.abc import Iterable
from typing import Final

_COMMON: Final = (
    "地下车库|地下停车场|停车场|停车棚|自行车棚|电动车棚|充电车棚|充电棚|车棚|车库|地库|地下室|小花园|中心花园|街心花园|"
    "小广场|中心广场|文化广场|广场|篮球场|足球场|羽毛球场|网球场|游泳池|体育馆|健身房|健身区|游乐场|儿童乐园|晾衣场|凉亭|长廊|"
    "岗亭|门卫室|传达室|保安亭|保安室|门房|值班室|会议室|老年活动中心|老年活动室|活动中心|活动室|棋牌室|文化站|阅览室|图书室|"
    "图书馆|老年大学|物业办公室|物业处|便民服务中心|服务中心|社区服务站|服务站|社区办公室|居委会|派出所|警务室|消防站|卫生服务站|"
    "社区医院|卫生站|卫生院|卫生所|诊所|药店|幼儿园|公园|老年食堂|社区食堂|食堂|农贸市场|建材市场|菜市场|老菜场|菜场|夜市|早市|"
    "超市|便利店|小卖部|小卖铺|理发店|水果店|早餐店|早点铺|五金店|修车铺|洗车店|面馆|饭馆|烧烤店|奶茶店|快餐店|网吧|彩票站|"
    "银行|邮局|菜鸟驿站|驿站|快递点|快递站|加油站|公交车站|公交站台|公交站(?!牌)|地铁站|车站|过街天桥|天桥|桥头|桥洞|"
    "十字路口|丁字路口|岔路口|巷子口|巷口|胡同口|垃圾分类亭|垃圾房|垃圾站|垃圾投放点|配电房|配电室|变电站|水泵房|泵房|锅炉房|"
    "水塔|电梯机房|机房|大堂|门厅|天台|底商|大槐树|老槐树|戏台|祠堂|河边|湖边|池塘|喷泉|假山"
)
_BUSY: Final = (
    "物业|医院|小学|中学|学校|公厕|公共厕所|滑梯|垃圾桶|快递柜|花坛|绿化带|宣传栏|公告栏|健身器材|红绿灯|变电箱|配电箱|工地|"
    "围墙|充电桩|消防栓|公交站牌|信箱|沙坑|乒乓球台|水池|楼梯|电梯|大树|路灯|车站"
)
"""People speak of these without meaning a place, unless they say beside what it is."""

_NEAR: Final = (
    "东边|西边|南边|北边|东侧|西侧|南侧|北侧|旁边|边上|对面|对过|门口|门前|后头|后面|后边|前头|前面|前边|里头|里面|"
    "底下|下面|上面|楼顶|背后|背面|拐角|拐弯处|东头|西头|南头|北头|东口|西口|南口|北口|路口|街口|尽头|东段|西段|南段|北段|中段|跟前|外面|外头|当中|中间|"
    "出口坡道|入口坡道|出入口|出口|入口|后门|前门|侧门|正门|东门|西门|南门|北门|大门口"
)
_BESIDE: Final = "旁边|边上|对面|门口|门前|后面|后头|后边|前面|跟前|底下|下面|拐角|大门口|东门|西门|南门|北门|后门"
_TAIL: Final = r"(?:那个|那座|那家|那块)(?:口子|公厕|天桥|弯道|面馆|小店|空地|铺子)"
_GATE: Final = (
    r"(?:[东西南北][大侧]?|正|侧|\d{1,2}号)门口?|(?<!以)后门口?|(?<![家们])(?:小区)?大?门口|"
    r"[东南西北][侧边面]围[栏墙]|(?<=[栋楼座幢元])[东西南北][侧边面]|居委会门口|顶楼|楼顶"
)
_ALONE: Final = r"(?:对面|背后|旁边|后面|门前)"
_HOUSES: Final = r"\d{1,3}(?:号楼|栋|幢)"
_BETWEEN: Final = rf"{_HOUSES}(?:和|到|与|跟){_HOUSES}(?:之间|中间|当中)"


class LandmarkFinder:
    """Finds the first landmark of a text: the community's own names, and what every one has."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names` are of roads, shops, trees, as people say them."""
        ordered = sorted(filter(None, names), key=len, reverse=True)
        named = "|".join(map(re.escape, ordered)) or "(?!)"
        spot = (
            rf"(?:{named})(?:\d{{1,4}}号(?![楼栋]))?(?:(?:和|与)(?:{named}))?"
            rf"(?:交叉口|桥下|口(?!子)|里(?!面|头)|(?:{_COMMON}|卖\S{{1,4}}的那家|往[东西南北]走\d+米))?"
            rf"|(?:{_COMMON})|(?:{_BUSY})(?=(?:{_BESIDE}))"
        )
        self._pattern: Final = re.compile(
            rf"(?P<landmark>{_BETWEEN}|(?:{spot})(?:{_NEAR})?(?:{_TAIL})?|{_GATE})"
        )
        self._alone: Final = re.compile(rf"(?P<landmark>{_ALONE})")

    def search(self, text: str) -> re.Match[str] | None:
        """Return where the first one stands; what is only beside something, when nothing else."""
        return self._pattern.search(text) or self._alone.search(text)
