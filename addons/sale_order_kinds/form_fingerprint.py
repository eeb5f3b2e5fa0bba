"""Which press of a button of a web form is the same as another one."""

import hashlib


def fingerprint_of_form(httprequest):
    """SHA-256 of a posted form, its files and the token of the page on which it was filled in.

    Two presses of one button agree in it. Another page has another token, so that what is filled
    in anew is new, even where it says the same.
    """
    digest = hashlib.sha256()
    for name, value in httprequest.form.items(multi=True):
        digest.update(f"{name}={value}\0".encode())
    for name, file in httprequest.files.items(multi=True):
        digest.update(f"{name}={file.filename}\0".encode())
        # when a press is tried again, only the first file of a field is rewound
        file.stream.seek(0)
        while chunk := file.stream.read(2**20):
            digest.update(chunk)
        file.stream.seek(0)
    return digest.hexdigest()
