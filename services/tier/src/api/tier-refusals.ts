import { refusals, type RefusalCatalogue } from '@atrium/platform';

/** What this service's refusals say. */
export const refuse = refusals({
  GROUP_UNKNOWN: {
    en: { message: 'This mall group is not known here yet.', remedy: 'Create the group first, then try again.' },
    'zh-CN': { message: '此处尚未收到该商场集团的信息。', remedy: '请先创建集团，然后重试。' },
  },
  BASE_TIER_MISSING: {
    en: { message: 'A ladder has exactly one base tier.', remedy: 'Give rank 0 to exactly one tier.' },
    'zh-CN': { message: '等级体系必须且只能有一个基础等级。', remedy: '请将且仅将一个等级的 rank 设为 0。' },
  },
  BASE_TIER_HAS_CONDITIONS: {
    en: { message: 'Everybody is in the base tier: it has no conditions.', remedy: 'Leave its rules out.' },
    'zh-CN': { message: '基础等级面向所有会员，不设条件。', remedy: '请去掉该等级的规则。' },
  },
  UPGRADE_RULE_MISSING: {
    en: { message: 'A tier above the base needs a rule for reaching it.', remedy: 'Add at least one condition.' },
    'zh-CN': { message: '基础等级以上的等级需要升级规则。', remedy: '请至少添加一个条件。' },
  },
  VALUE_TWICE: {
    en: { message: 'This value stands twice in its list.', remedy: 'Use each code, rank and locale once.' },
    'zh-CN': { message: '列表中存在重复的值。', remedy: '代码、等级序号和语言均不可重复。' },
  },
  CODE_INVALID: {
    en: {
      message: 'A code has 1 to 32 letters, digits, hyphens or underscores.',
      remedy: 'Correct the code that `path` names.',
    },
    'zh-CN': { message: '代码须为 1 至 32 个字母、数字、连字符或下划线。', remedy: '请修改 path 所指的代码。' },
  },
  TEXT_INVALID: {
    en: { message: 'Each name needs a locale and 1 to 200 characters.', remedy: 'Correct the text that `path` names.' },
    'zh-CN': { message: '名称须注明语言，长度为 1 至 200 个字符。', remedy: '请修改 path 所指的文字。' },
  },
  CONDITION_INVALID: {
    en: {
      message: 'This condition cannot be counted.',
      remedy:
        'Require more than 0, in digits the currency has; give months with ROLLING_MONTHS only, VALIDITY for keeping only.',
    },
    'zh-CN': {
      message: '该条件无法计算。',
      remedy: '要求值须大于 0 且符合币种小数位；months 仅用于 ROLLING_MONTHS，VALIDITY 仅用于保级。',
    },
  },
  OUT_OF_RANGE: {
    en: { message: 'This number is out of range.', remedy: 'Correct the number that `path` names.' },
    'zh-CN': { message: '该数值超出范围。', remedy: '请修改 path 所指的数值。' },
  },
  EFFECTIVE_TOO_EARLY: {
    en: {
      message: 'A new version begins after the one before it, and not in the past.',
      remedy: 'Choose an instant from now on.',
    },
    'zh-CN': { message: '新版本须晚于前一版本生效，且不能早于现在。', remedy: '请选择现在或以后的时间。' },
  },
} satisfies RefusalCatalogue);
