"""Write the translation template of addons and bring their Russian translation up to it.

Two ways to call it, both on a database that has the addons of the checkout as they are::

    make shell < tests/i18n_update.py                  every addon, on the demo database
    python tests/i18n_update.py -c CONF DB [ADDON…]    some addons, with Odoo's configuration CONF

``i18n/<addon>.pot`` is written anew. In ``i18n/ru.po`` (made when there is none) what is
translated stays, a new term comes in empty, a term that is gone is dropped and printed. Nothing
in the files depends on the day or the machine, so a second call changes nothing. Terms of demo
records, whose ids end in ``_demo``, are left out: the same files come from any database that is
fresh. In an older one a record with ``noupdate`` still holds the words that it was made with.
"""

import argparse
import io
import itertools
import os
import re
from pathlib import Path

import polib

# without a path when it is read from standard input, by a shell that runs in the checkout
CHECKOUT = Path(globals().get("__file__", "tests/i18n_update.py")).resolve().parent.parent
DEMO = re.compile(r"_demo(_product_template)?$")
LANGUAGES = {
    "ru": "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0"
    " : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1"
    " : n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);",
}


def suite_addons(folder=CHECKOUT / "addons"):
    """The names of the addons in a folder."""
    return sorted(manifest.parent.name for manifest in Path(folder).glob("*/__manifest__.py"))


def exported(env, addons):
    """For each installed addon its template from Odoo's own exporter, without demo records."""
    from odoo.tools.translate import PoFileWriter, TranslationModuleReader

    class Records(TranslationModuleReader):
        """What the database holds, of one addon: a record of two would be told of one only."""

        def _export_translatable_resources(self):
            pass

    class Sources(TranslationModuleReader):
        """What stands in files, of all addons: it walks through every module that Odoo finds."""

        def _export_translatable_records(self):
            pass

    rows = {addon: [] for addon in addons}
    readers = [Records(env.cr, modules=[addon]) for addon in addons]
    for row in itertools.chain(*readers, Sources(env.cr, modules=list(addons))):
        module, kind, _name, reference = row[:4]
        if kind == "code" or not DEMO.search(reference):
            rows[module].append(row)
    return {addon: _template(addon, found, PoFileWriter) for addon, found in rows.items()}


def _template(addon, rows, writer):
    buffer = io.BytesIO()
    writer(buffer, lang=None).write_rows(rows)
    template = polib.pofile(buffer.getvalue().decode())
    return _with_header(template, addon)


def _with_header(catalogue, addon, language=None):
    catalogue.header = f"Translation of {addon}."
    catalogue.metadata = {
        "Project-Id-Version": "Odoo Server 19.0",
        "Report-Msgid-Bugs-To": "",
        "Language-Team": "",
        **({"Language": language} if language else {}),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        **({"Plural-Forms": LANGUAGES[language]} if language else {}),
    }
    catalogue.metadata_is_fuzzy = False
    return catalogue


def merged(addon, template, language, old=None):
    """The translation that belongs to a template, and the terms dropped from the old one."""
    known = {entry.msgid: entry for entry in old or () if not entry.obsolete}
    catalogue = _with_header(polib.POFile(), addon, language)
    for term in template:
        before = known.pop(term.msgid, None)
        catalogue.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=before.msgstr if before else "",
                occurrences=term.occurrences,
                comment=term.comment,
                tcomment=before.tcomment if before else "",
                flags=before.flags if before else [],
            )
        )
    return catalogue, sorted(known)


def update(addon, template, folder=CHECKOUT / "addons"):
    """Write the template of an addon and its translations; returns the lines to tell."""
    home = Path(folder) / addon / "i18n"
    if not template:
        return [f"{addon}: nothing to translate"]
    home.mkdir(exist_ok=True)
    _save(template, home / f"{addon}.pot")
    told = []
    for language in LANGUAGES:
        path = home / f"{language}.po"
        old = polib.pofile(str(path)) if path.exists() else None
        catalogue, dropped = merged(addon, template, language, old)
        _save(catalogue, path)
        empty = len(catalogue.untranslated_entries())
        told.append(f"{addon}: {len(catalogue)} terms, {empty} to translate into {language}")
        told += [f"  dropped: {term!r}" for term in dropped]
    return told


def _save(catalogue, path):
    path.write_text(f"{str(catalogue).rstrip()}\n", encoding="utf-8")


def update_all(env, addons):
    """Update the files of several addons, all of which must be installed."""
    modules = env["ir.module.module"].search([("name", "in", addons), ("state", "=", "installed")])
    if missing := sorted(set(addons) - set(modules.mapped("name"))):
        raise SystemExit(f"{env.cr.dbname} does not have {', '.join(missing)} installed.")
    for addon, template in exported(env, addons).items():
        print("\n".join(update(addon, template)))


def main(words=None):
    """Update from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "-c",
        "--config",
        default=os.environ.get("SUITE_ODOO_CONF"),
        help="Odoo's configuration file",
    )
    parser.add_argument("database", metavar="DB")
    parser.add_argument(
        "addons", metavar="ADDON", nargs="*", help="without any: all addons of the checkout"
    )
    chosen = parser.parse_args(words)

    import odoo.api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["--no-http", "--log-level=warn", "-d", chosen.database]
    config.parse_config(
        options + (["-c", chosen.config] if chosen.config else []), setup_logging=True
    )
    with Registry(chosen.database).cursor(readonly=True) as cr:
        update_all(
            odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {}), chosen.addons or suite_addons()
        )


if __name__ == "__main__":
    if "env" in globals():  # inside an Odoo shell
        update_all(globals()["env"], suite_addons())
    else:
        main()
