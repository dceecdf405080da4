// Messages and templates as screens read them.
export { countUnread, findMessage, listInbox, listOfPurchases, type MessageRow } from '../storage/message.repository';
export { findMembers, type KnownMember } from '../storage/reference.repository';
export { findTemplate, listTemplates, type TemplateRow } from '../storage/template.repository';
