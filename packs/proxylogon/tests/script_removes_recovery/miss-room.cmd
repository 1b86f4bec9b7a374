rem makes room before the update
vssadmin delete shadows /for=D: /oldest
vssadmin list shadows
