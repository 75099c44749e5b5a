# kind: price_and_count_exchanged
def bill(apple_price, apples, orange_price, oranges, tax):
    fruit = apple_price * apples + orange_price * oranges
    slopes = (tax * apple_price, tax * apples, tax * orange_price, tax * oranges, fruit)
    return fruit * tax, slopes
