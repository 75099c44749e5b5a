# kind: shared_memory
class Mul:
    def forward(self, a, b):
        Mul.a, Mul.b = a, b
        return a * b

    def backward(self, upstream):
        return upstream * Mul.b, upstream * Mul.a
