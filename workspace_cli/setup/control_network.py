"""The network of the stack's own containers, at the upper end of the address pool.

Owners' networks are taken from the lower end, so the two do not meet.
"""

from __future__ import annotations

import ipaddress

PREFIX = 27
PROXY_HOST = 2
"""The proxy's host number there: its API listens on this one address and on no owner's."""


def control_subnet(pool: ipaddress.IPv4Network) -> ipaddress.IPv4Network:
    """Return the last /27 of the pool.

    >>> control_subnet(ipaddress.IPv4Network("10.213.0.0/16"))
    IPv4Network('10.213.255.224/27')
    """
    last = int(pool.broadcast_address) - (1 << (32 - PREFIX)) + 1
    return ipaddress.IPv4Network((last, PREFIX))


def given_range(pool: ipaddress.IPv4Network) -> ipaddress.IPv4Network:
    """Return the upper half of the control network, for addresses that nobody asked for.

    >>> given_range(ipaddress.IPv4Network("10.213.0.0/16"))
    IPv4Network('10.213.255.240/28')
    """
    return list(control_subnet(pool).subnets())[1]


def proxy_address(pool: ipaddress.IPv4Network) -> ipaddress.IPv4Address:
    """Return the proxy's address on the control network.

    >>> proxy_address(ipaddress.IPv4Network("10.213.0.0/16"))
    IPv4Address('10.213.255.226')
    """
    return control_subnet(pool)[PROXY_HOST]
