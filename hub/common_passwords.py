"""Passwords that everybody tries first, as far as the other rules let them pass.

Drawn from the top of public lists of leaked passwords, in lower case.
"""

from __future__ import annotations

_LIST = """
    123456789 1234567890 12345678910 0123456789 987654321 0987654321 147258369
    1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc zaq12wsx qazwsxedc q1w2e3r4 qwer1234
    qwerty12 qwerty123 qwerty1234 qwertyui qwertyuiop asdfghjk asdfghjkl zxcvbnm1 zxcvbnm123
    asdf1234
    password passw0rd p@ssw0rd p@ssword password1 password12 password123 password1234 password!
    iloveyou sunshine princess football baseball superman michael1 jennifer trustno1 starwars
    computer internet whatever letmein1 letmein123 welcome1 welcome123 changeme changeme1
    changeme123
    administrator admin123 admin1234 administrator1 root1234 test1234 testtest1 abcd1234 abc12345
    abcdefgh abcdefg1 a1b2c3d4 aa123456 monkey123 dragon123 master123 shadow12 secret123 default1
    dkssudgktpdy tkfkdgo1 dlrudals qwer1234! asdf1234! 1234qwer 1234qwer! q1w2e3r4! rkskekfk
    jupyter1 jupyterhub jupyter123 labdock1 labdock123 workspace workspace1 pytorch1 tensorflow
"""
COMMON = frozenset(_LIST.split())
