/** The key of an action's words: "user.created" → audit.words.user_created. */
export function actionKey(action: string): string {
  return `audit.words.${action.replaceAll('.', '_')}`
}
