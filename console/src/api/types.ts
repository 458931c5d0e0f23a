// What the API speaks of, under short names. The types are those of its schema (`schema.d.ts`, made by `make client`).

import type { components, operations } from './schema'

export type Schemas = components['schemas']

export type Class = Schemas['ClassName']
export type Role = Schemas['RoleName']
export type Permission = Schemas['PermissionName']
export type Language = Schemas['Language']

export type Me = Schemas['Me']
export type Session = Schemas['OwnSession']
export type Tenant = Schemas['Tenant']
export type User = Schemas['User']
/** Who vouches for a customer's people. */
export type IdentityProvider = Schemas['IdentityProvider']
export type ProviderFound = Schemas['ProviderFound']
export type Key = Schemas['Key']
export type AuditEntry = Schemas['AuditEntry']
export type Fault = Schemas['Wrong']

export type ConfigKind = Schemas['ConfigKind']
export type Config = Schemas['ConfigObject']
/** The keys of each kind's objects. */
export interface ConfigKeys {
  carriers: Schemas['CarrierKeys']
  dialers: Schemas['DialerKeys']
  policies: Schemas['PolicyKeys']
  profiles: Schemas['ProfileKeys']
  'tone-plans': Schemas['TonePlanKeys']
}

export type Call = Schemas['Call']
export type CallDetail = Schemas['CallWhole']
export type Telling = Schemas['CallTelling']
export type Step = Schemas['CallStep']
export type CallsQuery = NonNullable<operations['calls_list']['parameters']['query']>
export type FunnelRow = Schemas['FunnelRow']
export type Cell = Schemas['Cell']
export type Rightness = Schemas['Rightness']

export type Hearing = Schemas['Hearing']
export type Heard = Schemas['Verdict']
export type Match = Schemas['Match']

export type Prompt = Schemas['Prompt']
export type Library = Schemas['Library']
export type Trial = Schemas['DraftTrial']

/** The tones of a country; a customer's own plan has the same body. */
export type NationalPlan = Schemas['TonePlan']

/** Who answers a test call, and how it goes. */
export type TestCall = Schemas['TestCall']
export type Plays = TestCall['plays']

export type Snapshot = Schemas['Figures']
export type Trunk = Schemas['Trunk']
export type LiveEvent = Schemas['LiveEvent']

/** A request to the support desk. */
export type SupportRequest = Schemas['Request']
export type RequestSummary = Schemas['RequestSummary']
export type RequestMessage = Schemas['RequestMessage']
export type RequestFile = Schemas['RequestFile']
export type RequestClock = Schemas['RequestClock']
export type RequestEvent = Schemas['RequestEvent']
export type RequestsQuery = NonNullable<operations['requests_list']['parameters']['query']>
export type DeskContact = Schemas['DeskContact']
export type DeskContract = Schemas['DeskContract']
export type DeskText = Schemas['DeskText']
export type MassIncident = Schemas['MassIncident']

export type Webhook = Schemas['Webhook']
export type Job = Schemas['Job']
export type Rule = Schemas['RetentionRule']

/** A part of a list that grows. */
export interface Page<T> {
  items: T[]
  next: string | null
}
