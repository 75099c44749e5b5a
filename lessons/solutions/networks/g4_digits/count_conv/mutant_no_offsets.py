# kind: no_offsets
def count_conv(inputs, outputs, side):
    return outputs * inputs * side**2
