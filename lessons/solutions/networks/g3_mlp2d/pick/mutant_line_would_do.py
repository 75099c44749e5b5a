# kind: line_would_do
pick = {
    "halves": [8],
    "stripes": [12],
    "xor": [12],
    "circles": [12],
    "moons": [16],
    "spirals": [32, 32],
}
