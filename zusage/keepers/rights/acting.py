"""Acting on the bound stores."""
from zusage.keepers.rights.packages import *
