# kind: passed_on
class Mul:
    def forward(self, a, b):
        return a * b

    def backward(self, upstream):
        return upstream, upstream
