print("...")
