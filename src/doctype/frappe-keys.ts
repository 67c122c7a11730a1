/**
 * The keys of Frappe's DocType and DocField that have no counterpart, each with the reason. Keys
 * that are taken are in `frappe-field.ts` and `frappe-doctype.ts`; a key in none of these lists is
 * reported as unknown.
 */

export const PRESENTATION = 'presentation only';
const BOOKKEEPING = 'bookkeeping of the source system';
const RULES_DECIDE = 'what people may do is decided by rules, not by a switch of the doctype';
const NO_WEB_PAGES = 'documents have no public web pages';
const NO_INCOMING_MAIL = 'incoming mail is not turned into documents';
const NO_COUNTERPART = 'no counterpart here';

/** The reason for a key that is in no list. */
export const UNKNOWN_KEY = 'a key that is not known here';

export const DOCTYPE_KEYS_NOT_TAKEN: ReadonlyMap<string, string> = new Map([
  ...reasons(PRESENTATION, [
    ...['color', 'default_print_format', 'default_view', 'document_type', 'documentation'],
    ...['editable_grid', 'force_re_route_to_default_view', 'grid_page_length', 'hide_toolbar'],
    ...['icon', 'image_field', 'is_calendar_and_gantt', 'name_case', 'print_outline'],
    ...['quick_entry', 'row_format', 'rows_threshold_for_grid_search', 'show_preview_popup'],
    ...['show_title_field_in_link', 'states', 'timeline_field'],
  ]),
  ...reasons(BOOKKEEPING, [
    ...['beta', 'creation', 'custom', 'docstatus', 'engine', 'idx', 'migration_hash', 'modified'],
    ...['modified_by', 'naming_rule', 'owner', 'restrict_to_domain'],
  ]),
  ...reasons(RULES_DECIDE, [
    ...['allow_bulk_edit', 'allow_copy', 'allow_import', 'in_create', 'read_only'],
  ]),
  ...reasons(NO_WEB_PAGES, [
    ...['allow_guest_to_view', 'has_web_view', 'index_web_pages_for_search'],
    ...['is_published_field', 'route', 'website_search_field'],
  ]),
  ...reasons(NO_INCOMING_MAIL, [
    ...['email_append_to', 'recipient_account_field', 'sender_field', 'sender_name_field'],
    ...['subject_field', 'default_email_template'],
  ]),
  ...reasons('every change is in the audit log, for every doctype', ['track_changes']),
  ...reasons('who read a document is recorded by audit_reads, which is set by hand', [
    ...['track_seen', 'track_views'],
  ]),
  ...reasons('files follow the document they are attached to', [
    ...['make_attachments_public', 'max_attachments', 'protect_attached_files'],
  ]),
  ...reasons('the form shows documents that link here by itself', ['links']),
  ...reasons('code of the source system', ['actions', 'queue_in_background', 'allow_auto_repeat']),
  ...reasons(NO_COUNTERPART, [
    ...['allow_events_in_timeline', 'show_name_in_global_search', 'translated_doctype'],
  ]),
]);

export const FIELD_KEYS_NOT_TAKEN: ReadonlyMap<string, string> = new Map([
  ...reasons(PRESENTATION, [
    ...['allow_in_quick_entry', 'bold', 'button_color', 'collapsible', 'collapsible_depends_on'],
    ...['columns', 'documentation_url', 'hide_border', 'hide_days', 'hide_seconds', 'in_filter'],
    ...['in_preview', 'max_height', 'placeholder', 'print_hide', 'print_hide_if_no_value'],
    ...['print_width', 'report_hide', 'show_dashboard', 'show_on_timeline', 'sort_options'],
    ...['sticky', 'width', 'show_description_on_click', 'alignment'],
  ]),
  ...reasons(BOOKKEEPING, [
    ...['creation', 'docstatus', 'doctype', 'idx', 'is_custom_field', 'is_system_generated'],
    ...['modified', 'modified_by', 'name', 'oldfieldname', 'oldfieldtype', 'owner', 'parent'],
    ...['parentfield', 'parenttype', 'trigger'],
  ]),
  ...reasons('there are no user permissions: scope belongs to grants', ['ignore_user_permissions']),
  ...reasons('a rule opens levels; a value is shown whole or not at all', ['mask']),
  ...reasons('the choice of a link is not narrowed by filters', ['link_filters']),
  ...reasons('text is never trusted as markup', ['ignore_xss_filter']),
  ...reasons('files follow the document they are attached to', ['make_attachment_public']),
  ...reasons(NO_COUNTERPART, [
    ...['allow_bulk_edit', 'in_global_search', 'not_nullable', 'remember_last_selected_value'],
    ...['translatable'],
  ]),
]);

/** Keys that every row of Frappe's carries, permission rows included. */
export const ROW_KEYS_NOT_TAKEN: ReadonlyMap<string, string> = new Map([
  ...reasons(BOOKKEEPING, [
    ...['creation', 'docstatus', 'doctype', 'idx', 'modified', 'modified_by', 'name', 'owner'],
    ...['parent', 'parentfield', 'parenttype'],
  ]),
  ...reasons('there are no user permissions: scope belongs to grants', ['set_user_permissions']),
  ...reasons('a rule opens levels; a value is shown whole or not at all', ['mask']),
]);

function reasons(why: string, keys: readonly string[]): readonly (readonly [string, string])[] {
  return keys.map((key) => [key, why] as const);
}
