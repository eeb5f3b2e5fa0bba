"""English is the source and Russian is complete: templates fit the code, nothing is left over.

Terms come from Odoo's own exporter, run on the addons as they are. `make shell <
tests/i18n_update.py` writes the files that these tests compare them with.
"""

import re
from collections import Counter

import polib
import pytest
from lxml import etree

from i18n_update import CHECKOUT, exported, merged, suite_addons

HOW = "run `make shell < tests/i18n_update.py` and translate what is empty"
# words that are the same in Russian: names of formats, standards and products
STAYS = {
    "API", "CSV", "DHL", "EDI", "FCA", "EXW", "HTML", "ID", "JSON", "OASIS", "Odoo", "PDF", "RPC",
    "SHA", "UBL", "URL", "UUID", "XLSX", "XML",
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[-+# 0-9.]*[a-zA-Z]|%[-+#0-9.]*[a-zA-Z%]|\{\{.*?\}\}|\$\{.*?\}")
TAG = re.compile(r"<[^<>]+>")
# what a translator changes inside of a tag
SPOKEN = re.compile(
    r"""\s(?:alt|aria-label|data-tooltip|placeholder|string|title)=("[^"]*"|'[^']*')"""
)
WORD = re.compile(r"[A-Za-z]{2,}")
CYRILLIC = re.compile(r"[А-Яа-яЁё]")


# -- the checkers ------------------------------------------------------------------------------


def template_problems(current, stored):
    """What differs between the terms of an addon and its stored template, a line each."""
    now, then = ({(term.msgid, _origin(term)) for term in terms} for terms in (current, stored))
    return [f"missing: {_told(term)}" for term in sorted(now - then)] + [
        f"left over: {_told(term)}" for term in sorted(then - now)
    ]


def _origin(term):
    """Odoo loads a term for Python, for the browser or into records by these marks."""
    return " ".join(sorted(re.findall(r"odoo-\w+", term.comment)))


def _told(term):
    msgid, origin = term
    return f"{msgid!r} ({origin})" if origin else repr(msgid)


def translation_problems(current, translation):
    """What is wrong with the translation of an addon's terms, a line each."""
    wanted = {term.msgid for term in current}
    live = [entry for entry in translation if not entry.obsolete]
    counted = Counter(entry.msgid for entry in live)
    return [
        *(f"missing: {msgid!r}" for msgid in sorted(wanted - set(counted))),
        *(f"left over: {msgid!r}" for msgid in sorted(set(counted) - wanted)),
        *(f"twice: {msgid!r}" for msgid, times in sorted(counted.items()) if times > 1),
        *(f"obsolete: {entry.msgid!r}" for entry in translation.obsolete_entries()),
        *(
            f"{problem}: {entry.msgid!r} → {entry.msgstr!r}"
            for entry in live
            for problem in entry_problems(entry)
        ),
    ]


def entry_problems(entry):
    """What is wrong with the translation of one term."""
    if not entry.msgstr.strip():
        return ["untranslated"]
    looks = {
        "fuzzy": entry.fuzzy,
        "not in Russian": _speaks(entry.msgid) and not CYRILLIC.search(entry.msgstr),
        "placeholders differ": _placeholders(entry.msgid) != _placeholders(entry.msgstr),
        "tags differ": _tags(entry.msgid) != _tags(entry.msgstr),
        "not well-formed": _is_xml(entry.msgid) and not _is_xml(entry.msgstr),
        "spaces around differ": _margins(entry.msgid) != _margins(entry.msgstr),
    }
    return [problem for problem, found in looks.items() if found]


def _speaks(text):
    """Whether a text has words that Russian says differently."""
    spoken = " ".join(value for value in SPOKEN.findall(text))
    plain = PLACEHOLDER.sub(" ", f"{TAG.sub(' ', text)} {spoken}")
    return bool(set(WORD.findall(plain)) - STAYS)


def _placeholders(text):
    return Counter(PLACEHOLDER.findall(text))


def _tags(text):
    return Counter(SPOKEN.sub("", tag) for tag in TAG.findall(text))


def _is_xml(text):
    try:
        etree.fromstring(f"<x>{text}</x>")
    except etree.XMLSyntaxError:
        return False
    return True


def _margins(text):
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


# -- the addons --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def templates(env):
    """The terms of every addon of the checkout."""
    return exported(env, suite_addons())


@pytest.mark.parametrize("addon", suite_addons())
def test_the_template_has_the_terms_of_the_code(addon, templates):
    stored = _stored(addon, f"{addon}.pot", templates)
    _expect_none(f"{addon}.pot", template_problems(templates[addon], stored))


@pytest.mark.parametrize("addon", suite_addons())
def test_russian_is_complete(addon, templates):
    stored = _stored(addon, "ru.po", templates)
    _expect_none(f"{addon}/i18n/ru.po", translation_problems(templates[addon], stored))


@pytest.mark.parametrize("addon", suite_addons())
def test_what_the_demo_shows_is_translated(addon, env):
    home = CHECKOUT / "addons" / addon
    extra = home / "i18n_extra" / "ru.po"
    translated = {
        occurrence
        for entry in (polib.pofile(str(extra)) if extra.exists() else ())
        if entry.translated() and CYRILLIC.search(entry.msgstr)
        for occurrence, _line in entry.occurrences
    }
    _expect_none(addon, sorted(set(_demo_terms(env, addon, home)) - translated))


def _demo_terms(env, addon, home):
    """Where the translatable texts of an addon's demo records are, as a catalogue names them."""
    for path in sorted(home.glob("demo/*.xml")):
        for record in etree.parse(str(path)).iterfind(".//record[@id]"):
            for field in record.iterfind("field[@name]"):
                model, name = _translated_field(env[record.get("model")], field.get("name"))
                if model and "." not in record.get("id"):
                    suffix = "_product_template" if model != record.get("model") else ""
                    yield f"model:{model},{name}:{addon}.{record.get('id')}{suffix}"


def _translated_field(model, name):
    """The model and the field that hold a translatable text: a product's are its template's."""
    field = model._fields.get(name)
    while field is not None and field.inherited_field:
        field = field.inherited_field
    return (field.model_name, name) if field is not None and field.translate else (None, name)


def _stored(addon, name, templates):
    path = CHECKOUT / "addons" / addon / "i18n" / name
    if path.exists():
        return polib.pofile(str(path))
    if templates[addon]:
        pytest.fail(f"{addon}/i18n/{name} is missing: {HOW}", pytrace=False)
    return polib.POFile()


def _expect_none(name, problems):
    if problems:
        lines = "\n  ".join(problems)
        pytest.fail(f"{name} has {len(problems)} problems: {HOW}\n  {lines}", pytrace=False)


# -- the checkers find what they are for -------------------------------------------------------


def catalogue(terms, **options):
    made = polib.POFile()
    made.extend(polib.POEntry(msgid=msgid, msgstr=msgstr, **options) for msgid, msgstr in terms)
    return made


def test_a_stale_template_is_found():
    current = catalogue([("Offer", ""), ("Request", "")])
    assert template_problems(current, catalogue([("Request", ""), ("Offer", "")])) == []
    assert template_problems(current, catalogue([("Offer", ""), ("Quote", "")])) == [
        "missing: 'Request'",
        "left over: 'Quote'",
    ]


def test_a_term_that_moved_from_python_to_the_browser_is_found():
    python = catalogue([("Offer", "")], comment="module: x\nodoo-python")
    browser = catalogue([("Offer", "")], comment="module: x\nodoo-javascript")
    assert template_problems(browser, python) == [
        "missing: 'Offer' (odoo-javascript)",
        "left over: 'Offer' (odoo-python)",
    ]


def test_missing_and_left_over_translations_are_found():
    current = catalogue([("Offer", ""), ("Request", "")])
    russian = catalogue([("Offer", "Предложение"), ("Quote", "Смета"), ("Offer", "Оферта")])
    russian.append(polib.POEntry(msgid="Old", msgstr="Старый", obsolete=True))
    assert translation_problems(current, russian) == [
        "missing: 'Request'",
        "left over: 'Quote'",
        "twice: 'Offer'",
        "obsolete: 'Old'",
    ]


@pytest.mark.parametrize(
    ("msgid", "msgstr", "problem"),
    [
        ("Offer", "", "untranslated"),
        ("Offer", " ", "untranslated"),
        ("Offer", "Offer", "not in Russian"),
        ('<i title="Offer"/>', '<i title="Offer"/>', "not in Russian"),
        ("Offer %(name)s of %(date)s", "Предложение %(name)s", "placeholders differ"),
        ("Offer %(name)s", "Предложение %(nаme)s", "placeholders differ"),
        ("%s of %s lines", "%s из строк", "placeholders differ"),
        ("Dear {{ object.name }}", "Уважаемый {{ object.nаme }}", "placeholders differ"),
        ("<b>Offer</b>", "Предложение", "tags differ"),
        ('<span class="a">Offer</span>', '<span class="b">Предложение</span>', "tags differ"),
        ("<b>Offer</b>", "</b>Предложение<b>", "not well-formed"),
        ("Offers & requests of %s days", "Предложения за %s дней ", "spaces around differ"),
    ],
)
def test_a_bad_translation_is_found(msgid, msgstr, problem):
    assert entry_problems(polib.POEntry(msgid=msgid, msgstr=msgstr)) == [problem]


def test_a_fuzzy_translation_is_found():
    entry = polib.POEntry(msgid="Offer", msgstr="Предложение", flags=["fuzzy"])
    assert entry_problems(entry) == ["fuzzy"]


@pytest.mark.parametrize(
    ("msgid", "msgstr"),
    [
        ("UBL", "UBL"),
        ("SHA-256", "SHA-256"),
        ("%(count)s × %(price)s", "%(count)s × %(price)s"),
        ("%(a)s of %(b)s, 100%% sure", "Из %(b)s %(a)s, 100%% точно"),
        ('<b>Offer</b> <i title="Sent"/>', '<i title="Отправлено"/> <b>Предложение</b>'),
    ],
)
def test_a_good_translation_passes(msgid, msgstr):
    assert entry_problems(polib.POEntry(msgid=msgid, msgstr=msgstr)) == []


def test_updating_keeps_what_is_translated_and_drops_what_is_gone():
    template = catalogue([("Offer", ""), ("Request", "")], comment="module: x")
    old = catalogue([("Offer", "Предложение"), ("Quote", "Смета")], tcomment="by hand")
    russian, dropped = merged("x", template, "ru", old)
    assert [(entry.msgid, entry.msgstr) for entry in russian] == [
        ("Offer", "Предложение"),
        ("Request", ""),
    ]
    assert russian[0].tcomment == "by hand"
    assert dropped == ["Quote"]
    again, _dropped = merged("x", template, "ru", russian)
    assert str(again) == str(russian)
