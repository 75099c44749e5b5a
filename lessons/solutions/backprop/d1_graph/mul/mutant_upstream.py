# kind: upstream_ignored
class Mul:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, upstream):
        return self.b, self.a
