# kind: tax_as_total
def bill(apple_price, apples, orange_price, oranges, tax):
    total = (apple_price * apples + orange_price * oranges) * tax
    return total, (tax * apples, tax * apple_price, tax * oranges, tax * orange_price, total)
