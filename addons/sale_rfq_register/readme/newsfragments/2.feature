Customers' own articles are learned with each offer; candidates are kept with their score; open lines are worked through with the keyboard.
