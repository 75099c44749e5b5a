class Add:
    def forward(self, a, b):
        return a + b

    def backward(self, upstream):
        return upstream, upstream
