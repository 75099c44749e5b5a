def count_conv(inputs, outputs, side):
    return outputs * (inputs * side * side + 1)
