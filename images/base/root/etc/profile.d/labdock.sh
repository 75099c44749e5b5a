# A login shell starts from Debian's PATH: put the member's own commands back in front.
PATH="/opt/env/bin:/home/member/.local/bin:$PATH"
export PATH
# Only to a person, never into the output of a program that starts a login shell.
case "${BASH_VERSION:+bash} $-" in
    bash\ *i*) . /etc/labdock/greeting.bash ;;
esac
