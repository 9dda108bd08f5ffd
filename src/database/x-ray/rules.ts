/** What the x-ray finds. docs/migrations.md has a line for each; their names in other tools may stand in `ignore`, too. */
export const RULES = {
  'index-not-concurrent': { severity: 'fail', aliases: ['E6', 'require-concurrent-index-creation', 'PG101', 'add_index'] },
  'index-drop-not-concurrent': { severity: 'fail', aliases: ['require-concurrent-index-deletion', 'PG102', 'remove_index'] },
  'index-invalid': { severity: 'fail', aliases: ['invalid_indexes'] },
  'unique-builds-index': {
    severity: 'fail',
    aliases: ['E7', 'disallowed-unique-constraint', 'PG104', 'PG105', 'MF101', 'add_unique_constraint'],
  },
  'exclusion-constraint': { severity: 'fail', aliases: ['E8', 'add_exclusion_constraint'] },
  'constraint-scan': {
    severity: 'fail',
    aliases: [
      ...['E1', 'constraint-missing-not-valid', 'adding-foreign-key-constraint', 'PG305'],
      ...['add_foreign_key', 'add_check_constraint'],
    ],
  },
  'validate-under-lock': { severity: 'fail', aliases: ['validate_foreign_key', 'validate_check_constraint'] },
  'constraint-not-validated': { severity: 'warn', aliases: ['not_valid_constraints'] },
  'not-null-scan': {
    severity: 'fail',
    aliases: ['E2', 'adding-not-nullable-field', 'MF104', 'PG303', 'change_column_null'],
  },
  'not-null-added': { severity: 'fail', aliases: ['adding-required-field', 'MF103'] },
  'column-type-change': { severity: 'fail', aliases: ['E5', 'changing-column-type', 'PG301', 'change_column'] },
  'volatile-default': {
    severity: 'fail',
    aliases: ['adding-field-with-default', 'PG302', 'add_column_default_callable'],
  },
  'serial-added': {
    severity: 'fail',
    aliases: ['E11', 'adding-serial-primary-key-field', 'add_column_auto_incrementing'],
  },
  'stored-column-added': { severity: 'fail', aliases: ['add_column_generated_stored'] },
  'table-rewrite': { severity: 'fail', aliases: ['E10'] },
  'more-under-lock': { severity: 'warn', aliases: ['E4'] },
  'no-lock-timeout': { severity: 'warn', aliases: ['E9', 'require-lock-timeout'] },
  'foreign-key-without-index': { severity: 'warn', aliases: ['E15', 'foreign_keys_without_index', 'add_reference'] },
  'column-dropped': { severity: 'warn', aliases: ['ban-drop-column', 'DS103', 'remove_column'] },
  'table-dropped': { severity: 'warn', aliases: ['ban-drop-table', 'DS102'] },
  'column-renamed': { severity: 'fail', aliases: ['renaming-column', 'BC102', 'rename_column'] },
  'table-renamed': { severity: 'fail', aliases: ['renaming-table', 'BC101', 'rename_table'] },
} as const satisfies Readonly<Record<string, { readonly severity: 'fail' | 'warn'; readonly aliases: readonly string[] }>>;

export type RuleId = keyof typeof RULES;

export function isRuleId(name: string): name is RuleId {
  return Object.hasOwn(RULES, name);
}

export const RULE_IDS: readonly RuleId[] = Object.keys(RULES).filter(isRuleId);

/** The rule of this id, or the one that other tools call so. */
export function ruleNamed(name: string): RuleId | undefined {
  if (isRuleId(name)) return name;
  return RULE_IDS.find((id) => {
    const aliases: readonly string[] = RULES[id].aliases;
    return aliases.includes(name);
  });
}
