"""Show a number as the number format of its cell shows it, which is what its sender sees.

A spreadsheet holds the number 12 and the format ``0000``; the sender sees 0012 and means it. Here
a cell becomes a plain number, or a :class:`Number` or :class:`Day` that also knows its text. Signs
that group digits are left out, because each country has its own. A format that would show less
than there is (an exponent, nothing at all) is not followed.

>>> make_cell(12, "0000"), make_cell(12, "0000").text, make_cell(12, "General")
(12.0, '0012', 12)
>>> make_cell(46147, "dd/mm/yyyy").text
'05/05/2026'
"""

import math
import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne

GENERAL = "General"
# by the number that stands for them in a file
BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "short date",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "short date",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "short date"),
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
MONTHS = "January February March April May June July August September October November December"
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
LAST_DAY = 2_958_465  # the serial number of 31 December 9999

# what stands for itself, what is not shown, and the rest sign by sign
TOKEN = re.compile(
    r"""
    (?P<text>"[^"]*"?|\\.|\[\$[^\]]*\])
    |(?P<nothing>_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\])
    |(?P<general>general)
    |(?P<exponent>e[+-])
    |(?P<place>[0#?])
    |(?P<time>\[h+\]|\[m+\]|\[s+\]|am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?)
    |(?P<sign>.)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)

CONDITION = r"\[(<=|>=|<>|<|>|=)(-?[0-9]+\.?[0-9]*)\]"
COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}


class Number(float):
    """A number that is shown in a way of its own."""

    def __new__(cls, value, text):
        number = super().__new__(cls, value)
        number.text = text
        return number


class Day(date):
    """A day that is shown in a way of its own."""

    def __new__(cls, moment, text):
        day = super().__new__(cls, moment.year, moment.month, moment.day)
        day.text = text
        return day


def make_cell(value, code, since_1904=False):
    """The cell of a number and its format: a number, a day, or the text of a time."""
    if not math.isfinite(value):
        return str(value)
    sections = _split(code or GENERAL)
    if _is_moment(sections[0]):
        return _make_moment(value, code, sections[0], since_1904)
    plain = plain_number(value)
    try:
        text = _show(value, sections)
    except ArithmeticError:  # more digits than anybody sees
        text = plain
    if text in ("", plain):
        return value if abs(value) < 10**15 else plain
    return Number(value, text)


def plain_number(value):
    """The digits of a number, without an exponent.

    >>> plain_number(4006381333931.0), plain_number(0.1 + 0.2), plain_number(1e-7)
    ('4006381333931', '0.3', '0.0000001')
    """
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _split(code):
    """The tokens of each section."""
    sections = [[]]
    for match in TOKEN.finditer(code):
        kind, text = match.lastgroup, match[0]
        if kind == "sign" and text == ";":
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return sections


def _is_moment(tokens):
    kinds = {kind for kind, _text in tokens}
    named = "".join(text for _kind, text in tokens).lower() == "short date"
    return named or ("time" in kinds and "place" not in kinds and "general" not in kinds)


# -- numbers ------------------------------------------------------------------------------------


def _show(value, sections):
    """The text of a number.

    >>> def show(value, code):
    ...     return _show(value, _split(code))
    >>> show(1234, "00-00"), show(7, '"ART-"0000'), show(-5, "0;(0)"), show(0.5, "0%")
    ('12-34', 'ART-0007', '(5)', '50%')
    >>> show(1234567, "#,##0.00"), show(79991234567, "0(000)000-00-00"), show(2.5, '0.00" kg"')
    ('1234567.00', '7(999)123-45-67', '2.50 kg')
    >>> show(4006381333931, "0.00E+00"), show(5, ";;;"), show(1.25, "# ?/?"), show(5, '@" pcs"')
    ('4006381333931', '5', '1 1/4', '5 pcs')
    """
    tokens, is_signed = _choose(value, sections)
    kinds = [kind for kind, _text in tokens]
    plain = plain_number(value)
    if "exponent" in kinds or not tokens:
        return plain
    sign = "-" if value < 0 and is_signed else ""
    if "general" in kinds or ("sign", "@") in tokens:
        return sign + "".join(
            plain.lstrip("-") if kind == "general" or text == "@" else _literal(kind, text)
            for kind, text in tokens
        )
    if "place" not in kinds:
        return "".join(_literal(*token) for token in tokens).strip() or plain
    if ("sign", "/") in tokens:
        return sign + _show_fraction(abs(value), tokens)
    return sign + _fill(abs(Decimal(plain)), tokens).strip()


def _choose(value, sections):
    """The section for the number, and whether it leaves the minus sign to be set.

    >>> _show(84951234567, _split("[<=9999999]000-0000;(0000) 000-0000"))
    '(8495) 123-4567'
    """
    numbers = sections[:3]
    conditions = [_find_condition(tokens) for tokens in numbers]
    if any(conditions):
        for tokens, condition in zip(numbers, conditions, strict=True):
            if not condition or COMPARE[condition[1]](value, float(condition[2])):
                return tokens, True
        return [], True
    if value < 0 and len(numbers) > 1:
        return numbers[1], False
    if value == 0 and len(numbers) > 2:
        return numbers[2], False
    return numbers[0], True


def _find_condition(tokens):
    found = (re.fullmatch(CONDITION, text) for kind, text in tokens if kind == "nothing")
    return next(filter(None, found), None)


def _literal(kind, text):
    if kind == "nothing":
        return ""
    if kind == "text":
        if text.startswith("[$"):
            return text[2:-1].partition("-")[0]
        return text.strip('"') if text.startswith('"') else text[1:]
    return text


def _fill(number, tokens):
    """Put the digits into their places, from the decimal sign to the left and to the right."""
    point = next((i for i, token in enumerate(tokens) if token == ("sign", ".")), len(tokens))
    last = max((i for i in range(point) if tokens[i][0] == "place"), default=-1)
    percents = tokens.count(("sign", "%"))
    thousands = sum(token == ("sign", ",") for token in tokens[last + 1 : point])
    tokens = [token for token in tokens if token != ("sign", ",")]
    point = tokens.index(("sign", ".")) if ("sign", ".") in tokens else len(tokens)
    places = [text for kind, text in tokens[point:] if kind == "place"]
    number = number.scaleb(2 * percents - 3 * thousands)
    number = number.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP)
    whole, _point, decimals = f"{number:f}".partition(".")
    right = _fill_decimals(tokens[point:], decimals)
    return _fill_whole(tokens[:point], "" if whole == "0" else whole) + right


def _fill_whole(tokens, digits):
    shown = []
    left = min((i for i, token in enumerate(tokens) if token[0] == "place"), default=None)
    for index in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[index]
        if kind != "place":
            shown.append(_literal(kind, text))
            continue
        count = len(digits) if index == left else 1
        taken, digits = digits[len(digits) - count :], digits[: len(digits) - count]
        shown.append(taken or ("0" if text == "0" else ""))
    return "".join(reversed(shown)) if left is not None else "".join(reversed(shown)) + digits


def _fill_decimals(tokens, digits):
    shown, digits = [], iter(digits)
    needed = max((i for i, token in enumerate(tokens) if token == ("place", "0")), default=-1)
    pairs = [(kind, next(digits) if kind == "place" else text) for kind, text in tokens]
    filled = max((i for i, pair in enumerate(pairs) if pair[0] == "place" and pair[1] != "0"),
                 default=-1)  # fmt: skip
    for index, (kind, text) in enumerate(pairs):
        if kind == "place":
            shown.append(text if index <= max(needed, filled) else "")
        else:
            shown.append(_literal(kind, text))
    text = "".join(shown)
    return text.removeprefix(".") if max(needed, filled) < 0 else text


def _show_fraction(value, tokens):
    """A whole number and a fraction, of the largest denominator that has room."""
    place = tokens.index(("sign", "/"))
    below = "".join(text for _kind, text in tokens[place + 1 :])
    fixed = re.match(r"\s*([1-9][0-9]*)", below)
    limit = int(fixed[1]) if fixed else 10 ** min(max(len(re.findall("[0#?]", below)), 1), 4) - 1
    number = Decimal(plain_number(value))
    numerator, denominator = number.as_integer_ratio()
    if denominator > limit:
        numerator, denominator = Fraction(number).limit_denominator(limit).as_integer_ratio()
    whole, rest = divmod(numerator, denominator)
    parts = [str(whole)] if whole or not rest else []
    if rest:
        parts.append(f"{rest}/{denominator}")
    return " ".join(parts)


# -- days and times -----------------------------------------------------------------------------


def _make_moment(value, code, tokens, since_1904):
    moment = to_moment(value, since_1904)
    if moment is None:
        return value
    letters = "".join(text for kind, text in tokens if kind == "time").lower()
    has_day = bool(re.search("[yd]|mmm|^m+$", letters))
    if code.lower() == "short date":
        return Day(moment, moment.date().isoformat())
    text = _show_moment(value, moment, tokens)
    return Day(moment, text) if has_day else text


def to_moment(value, since_1904=False):
    """The time that a serial number stands for, ``None`` where there is none.

    >>> to_moment(46147.5), to_moment(1), to_moment(-1)
    (datetime.datetime(2026, 5, 5, 12, 0), datetime.datetime(1900, 1, 1, 0, 0), None)
    """
    if not 0 <= value <= LAST_DAY:
        return None
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    if not since_1904 and value < 60:
        value += 1  # 1900 has a 29 February there
    return start + timedelta(days=int(value), seconds=round((value % 1) * 86_400, 3))


def _show_moment(value, moment, tokens):
    """The text of a time.

    >>> def show(value, code):
    ...     return _show_moment(value, to_moment(value), _split(code)[0])
    >>> show(46147, "d-mmm-yy"), show(46147.5, "dd.mm.yyyy hh:mm"), show(1.25, "[h]:mm")
    ('5-May-26', '05.05.2026 12:00', '30:00')
    """
    lower = [(kind, text.lower() if kind == "time" else text) for kind, text in tokens]
    half = any(text in ("am/pm", "a/p") for _kind, text in lower)
    shown = [
        _show_time(text, value, moment, half, _is_minute(lower, index))
        if kind == "time"
        else _literal(kind, text)
        for index, (kind, text) in enumerate(lower)
    ]
    return "".join(shown).strip()


def _is_minute(tokens, index):
    """Whether an ``m`` stands beside hours or seconds."""
    before = [text for kind, text in tokens[:index] if kind == "time"][-1:]
    after = [text for kind, text in tokens[index + 1 :] if kind == "time"][:1]
    return "h" in "".join(before) or "s" in "".join(after)


def _show_time(letters, value, moment, half, is_minute):
    width = len(letters.partition(".")[0].strip("[]"))
    match letters[:1]:
        case "[":
            seconds = round(value * 86_400)
            divisor = {"h": 3600, "m": 60, "s": 1}[letters[1]]
            return f"{seconds // divisor:0{width}d}"
        case "y":
            return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"
        case "d":
            name = DAYS.split()[moment.weekday()]
            return f"{moment.day:0{width}d}" if width < 3 else name[: 3 if width == 3 else 99]
        case "h":
            return f"{(moment.hour - 1) % 12 + 1 if half else moment.hour:0{width}d}"
        case "s":
            return f"{moment.second:0{width}d}"
        case "a":
            return "AM" if moment.hour < 12 else "PM"
    if is_minute and width < 3:
        return f"{moment.minute:0{width}d}"
    name = MONTHS.split()[moment.month - 1]
    return f"{moment.month:0{width}d}" if width < 3 else name[: {3: 3, 5: 1}.get(width, 99)]
