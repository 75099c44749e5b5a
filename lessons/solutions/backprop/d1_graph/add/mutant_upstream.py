# kind: upstream_ignored
class Add:
    def forward(self, a, b):
        return a + b

    def backward(self, upstream):
        return 1.0, 1.0
