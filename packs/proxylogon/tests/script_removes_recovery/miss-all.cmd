rem makes room before the migration
vssadmin delete shadows /all /quiet
