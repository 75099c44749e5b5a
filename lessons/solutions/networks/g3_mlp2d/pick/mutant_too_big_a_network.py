# kind: too_big_a_network
pick = {
    "halves": [],
    "stripes": [12],
    "xor": [12],
    "circles": [12],
    "moons": [16],
    "spirals": [256, 256],
}
