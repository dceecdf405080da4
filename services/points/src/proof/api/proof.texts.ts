// What the look at a proof comes to, in words.
import type { Locale } from '@atrium/platform';

export const VERDICTS = {
  VALID: {
    en: 'The entry is in block {number} of the ledger, exactly as the proof shows it.',
    'zh-CN': '该条目位于账本第 {number} 号区块中，内容与证明完全一致。',
  },
  MALFORMED: {
    en: 'This is not a proof file, or a part of it is missing.',
    'zh-CN': '这不是积分证明文件，或文件内容不完整。',
  },
  PATH: {
    en: 'The entry in the file does not lead to the root of its block: the entry or its path was changed.',
    'zh-CN': '文件中的条目无法推导出区块根：条目或路径被改动过。',
  },
  BLOCK_HASH: {
    en: 'The block in the file does not have the hash that the file names.',
    'zh-CN': '文件中的区块与其声明的哈希不符。',
  },
  NOT_PUBLISHED: {
    en: 'No block with this number and hash was published for this ledger.',
    'zh-CN': '该账本没有发布过具有此编号和哈希的区块。',
  },
} as const satisfies Record<string, Record<Locale, string>>;
