# kind: side_not_squared
def count_conv(inputs, outputs, side):
    return outputs * (inputs * side + 1)
