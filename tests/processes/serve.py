"""Odoo's command line as a file: with workers, Odoo starts a second process by its path."""

from odoo.cli.command import main

if __name__ == "__main__":
    main()
