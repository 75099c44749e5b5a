# kind: own_input
class Mul:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, upstream):
        return upstream * self.a, upstream * self.b
