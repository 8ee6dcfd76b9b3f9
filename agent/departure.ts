/** Why an instance leaves the registry on purpose; a session that vanishes gives no reason. */
export type DepartureReason =
  /** Its checks fail, or the service said that it is unhealthy. */
  | 'failing'
  /** An operator's drain or announced downtime. */
  | 'drained'
  /** nerve stops. */
  | 'stopped'
  /** No longer configured, or the time of a dynamic registration ran out. */
  | 'removed';
