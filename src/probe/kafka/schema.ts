import { z } from 'zod';
import { hostPort, secret, tlsSchema } from '../../core/schema.ts';

/** Kafka's own default port, for a broker written without one. */
const DEFAULT_PORT = 9092;

const broker = hostPort(DEFAULT_PORT).refine((address) => address.host !== '', 'expected host:port, got no host');

const topicName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'expected a topic’s name: letters, digits, ".", "_" and "-", at most 249');

const requiredTopic = z
  .strictObject({
    name: topicName.describe('The topic’s name.'),
    partitions: z.int().min(1).optional().describe('It must have at least this many partitions.'),
    replicas: z.int().min(1).optional().describe('Each of its partitions must have at least this many replicas.'),
  })
  .meta({ id: 'kafka_topic' });

const sasl = z
  .strictObject({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('How the password is proved.'),
    username: z.string().min(1).describe('Who asks.'),
    password: secret().describe('The password, best from a secret file.'),
  })
  .meta({ id: 'kafka_sasl' });

/** The keys of a kafka target. */
export const kafkaSchema = z.strictObject({
  type: z.literal('kafka'),
  brokers: z
    .array(broker)
    .min(1, 'expected at least one broker')
    .describe('Brokers to ask first, as host:port (port 9092 unless given); the others are learnt from them.'),
  tls: tlsSchema.optional().describe('Speak TLS to the brokers; `{}` takes the defaults.'),
  sasl: sasl.optional().describe('Log in by SASL.'),
  topics: z
    .array(z.union([topicName.transform((name) => ({ name })), requiredTopic]))
    .min(1, 'expected at least one topic')
    .optional()
    .describe(
      'Topics that must exist, and the only ones whose partitions are listed; without it all but internal ones.',
    ),
  groups: z
    .array(z.string().min(1))
    .min(1, 'expected at least one group')
    .optional()
    .describe('Consumer groups to measure, `*` as a wildcard; an empty one raises KafkaGroupEmpty. Without it all.'),
});

export type KafkaSettings = z.output<typeof kafkaSchema>;
