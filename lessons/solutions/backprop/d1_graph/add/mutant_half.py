# kind: split_in_half
class Add:
    def forward(self, a, b):
        return a + b

    def backward(self, upstream):
        return upstream / 2, upstream / 2
