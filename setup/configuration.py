"""How Odoo is called, and the configuration file that it reads."""

import os
import sys

from . import addons

NOWHERE = "http://127.0.0.1:9"  # nobody answers there: nothing leaves the machine


def odoo_command(*words):
    """Odoo's command line in the virtual environment that this process runs in."""
    return [sys.executable, "-m", "odoo", *words]


def write_conf(databases, path, name, **options):
    """Write Odoo's configuration for one database; only its owner may read it."""
    settings, server = databases.settings, databases.server
    folders = [str(folder) for folder in databases.odoo.addons]
    folders += [str(settings.addons)] if addons.states(settings.addons) else []
    values = {
        "db_name": name,
        "dbfilter": f"^{name}$",
        "list_db": False,
        "admin_passwd": os.urandom(16).hex(),
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "data_dir": settings.cache / "data" / server.key,
        "http_interface": "127.0.0.1",
        "workers": 0,
        "publisher_warranty_url": NOWHERE,
        "smtp_server": "127.0.0.1",
        "smtp_port": 9,
        "email_from": "suite@example.com",
        **({"db_password": server.password} if server.password else {}),
        **({"addons_path": ",".join(folders)} if folders else {}),
        **options,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    lines = "".join(f"{key} = {value}\n" for key, value in values.items())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"[options]\n{lines}")
    return path
