"""Has secrets in every place where a program has them, and things that look alike and are none.

Each secret is PLANTED with a letter and two digits behind it, so that a test can look for them in what is shown. Some are
in the arguments and in the environment: those are given by the test.
"""

import os
import sys
import threading
import time

from collections import OrderedDict, namedtuple

Login = namedtuple("Login", "user passphrase")


class Cookie(object):
    def __init__(self, name, value):
        self.name = name
        self.value = value


class Vault(object):
    __slots__ = ("unlock_pwd", "opened", "clientSecret")

    def __init__(self):
        self.unlock_pwd = "PLANTEDa01"
        self.opened = True
        self.clientSecret = b"PLANTEDa02"


class Mailer(object):
    def __init__(self):
        self.smtp_passwd = u"PLANTEDa03"
        self.dsn = "mysql+pymysql://mail:PLANTEDa04@mail-db:3306/box?charset=utf8"
        self.login = Login("ada", "PLANTEDa05")
        self.cookies = [Cookie("sessionid", "PLANTEDa06"), Cookie("theme", "dark")]
        self.vault = Vault()
        self.settings = {
            "smtp": {"server": {"account": {"secret_key": "PLANTEDa07"}}},
            "jwt": "PLANTEDa08",
            "variables": [{"name": "DB_PASSWORD", "value": "PLANTEDa09"}, {"name": "LANG", "value": "C"}],
            "a key that is cut because it is long and longer: the password": "PLANTEDa10",
            "https://ada:PLANTEDa11@repo.example.org/simple": 1,
        }
        self.request = b"POST /pay HTTP/1.1\r\nHost: shop\r\nauthorization: Basic PLANTEDa12\r\nCookie: a=PLANTEDa13; b=PLANTEDa14\r\n\r\n{}"
        self.header_pairs = [("X-Api-Key", "PLANTEDa15"), ("Accept", "*/*"), (b"proxy-authorization", b"Basic PLANTEDa16")]
        self.response = OrderedDict([("Set-Cookie", "sid=PLANTEDa17; Path=/"), ("Content-Length", "12")])
        self.command = ["mysqldump", "--host", "db", "--password", "PLANTEDa18", "--token=PLANTEDa19", "shop"]
        self.odbc = "Driver=PG;Server=db;Uid=ada;Pwd=PLANTEDa20;Port=5432"
        self.pem = "-----BEGIN EC PRIVATE KEY-----\nPLANTEDa21\nPLANTEDa22\n-----END EC PRIVATE KEY-----\n"
        self.text = '{"user": "ada", "password": "PLANTEDa23", "api_key": "PLANTEDa24"}'
        self.link = "https://shop.example.org/reset?user=7&token=PLANTEDa25&lang=en"
        self.long = "x" * 90 + " postgres://ada:PLANTEDa26PLANTEDa26@db.example.org/shop " + "y" * 90
        self.github = "ghp_" + "PLANTEDa27" + "Q7rT" * 6
        self.note = "logged in with password PLANTEDa28, as asked"
        self.auth = ("ada", "PLANTEDa29")
        self.signature = b"PLANTEDa30"
        self.pin = "PLANTEDa31"
        self.credentials = {"kind": {"inner": ["PLANTEDa32"]}}
        self.GITLAB_PAT = "PLANTEDa33"
        self.bearer_header = "Bearer PLANTEDa34"
        self.otp = "PLANTEDa35"
        self.session_id = "PLANTEDa36"
        self.xml = "<login><password>PLANTEDa37</password></login>"
        self.environment = os.environ
        self.plain_environment = dict(os.environ)


class Open(object):
    """What must be shown."""

    def __init__(self):
        self.max_tokens = 4242
        self.TOKEN_LIMIT = 4243
        self.token_count = 4244
        self.tokenizer = "bpe-4245"
        self.SESSION_COOKIE_SECURE = True
        self.MAX_COOKIE_SIZE = 4246
        self.has_password = False
        self.password = None
        self.password_hasher = len
        self.author = "ada-4247"
        self.keyboard = "de-4248"
        self.monkey = 4249
        self.passenger = "seat-4250"
        self.compass = "north-4251"
        self.primary_key = "row-4252"
        self.pin = 17
        self.secretary = "bob-4253"
        self.address = "http://localhost:4254/health"
        self.public = "-----BEGIN CERTIFICATE-----\n4255\n-----END CERTIFICATE-----"
        self.token_type = "bearer-4256"
        self.pairs = [("name", "n-4257"), ("size", "s-4258")]
        self.mail = "ada@example.org 4259"


def pay(password, key, mailer, shown, *args, **kwargs):
    token = "PLANTEDb01"
    mypwd = "PLANTEDb02"
    try:
        raise ValueError("no login at postgres://ada:PLANTEDb03@db/shop with Password=PLANTEDb04;")
    except ValueError as error:
        failure = error  # noqa: F841
        return wait(mailer, token="PLANTEDb05", header={"Authorization": "Bearer PLANTEDb06"}), token, mypwd


def wait(mailer, token, header):
    connection = "redis://:PLANTEDb07@cache:6379/1"; time.sleep(1000)  # noqa: E702,F841 api_key="PLANTEDb08"


if __name__ == "__main__":
    mailer = Mailer()
    threading.current_thread().name = "https://ada:PLANTEDb09@queue/"
    print("ready")
    sys.stdout.flush()
    pay("PLANTEDb10", "k", mailer, Open(), ("token", "PLANTEDb11"), secret="PLANTEDb12", pw="PLANTEDb13")
