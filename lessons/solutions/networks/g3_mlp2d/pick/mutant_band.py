# kind: band
pick = {
    "halves": [],
    "stripes": [],
    "xor": [12],
    "circles": [12],
    "moons": [16],
    "spirals": [32, 32],
}
