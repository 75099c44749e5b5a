# A login shell starts from Debian's PATH: put the member's own commands back in front.
PATH="/opt/env/bin:/home/member/.local/bin:$PATH"
export PATH
