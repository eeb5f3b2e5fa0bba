"""Gets Odoo 19 and PostgreSQL, makes databases and runs them; holds nothing of the product.

`python3 -m setup WORD` does one of the words of the Makefile. Until the virtual environment
stands, only the standard library is used; then the command starts itself again inside it.
"""
