/** A phone number (E.164) as it may be shown: "+8613812348000" -> "138****8000", "+442071838750" -> "+4420****8750". */
export function maskPhone(phone: string): string {
  const shown = phone.startsWith('+86') ? phone.slice(3) : phone;
  const head = Math.min(shown.startsWith('+') ? 5 : 3, Math.max(shown.length - 7, 1));
  return `${shown.slice(0, head)}****${shown.slice(-Math.min(4, shown.length - head))}`;
}
