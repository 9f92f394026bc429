"""What residents write in proofs: real messages where the data is there, our own otherwise."""

import csv
import os
from pathlib import Path

SETTING = "TEST_SHARED"
"""The folder that holds `data/` and `models/`; neither is part of the project."""

_OWN = (
    "幸福里小区{n}号楼2单元电梯坏了，老人下不了楼",
    "{n}号楼楼道灯不亮，晚上看不见",
    "小区东门垃圾堆了三天没人收，味道很大",
    "和平家园{n}号楼楼上漏水，把我家天花板泡了",
    "半夜工地还在施工，吵得睡不着觉",
    "消防通道被车堵死了，车牌看不清",
    "{n}号楼下水道堵了，脏水往外冒",
    "路边井盖没了，孩子差点掉下去",
)


def shared() -> Path | None:
    """Return the folder with data for development, if the setting names one."""
    given = os.environ.get(SETTING)
    return Path(given) if given and Path(given).is_dir() else None


def own_texts(count: int) -> list[str]:
    """Return so many reports of our own."""
    return [_OWN[n % len(_OWN)].format(n=n % 8 + 1) for n in range(count)]


def texts(count: int) -> list[str]:
    """Return so many messages."""
    folder = shared()
    if folder is None:
        return own_texts(count)
    with (folder / "data/civic/messages_with_replies.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        found = [f"{row['title']}。{row['body']}"[:9000] for row in rows if row.get("title")]
    return found[:count]
