# kind: tax_forgotten
def bill(apple_price, apples, orange_price, oranges, tax):
    fruit = apple_price * apples + orange_price * oranges
    return fruit * tax, (apples, apple_price, oranges, orange_price, fruit)
