package io.tapstack.names;

import io.tapstack.names.ResolverCounters.Event;
import io.tapstack.wire.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the servers one question until one of them answers: each in turn, as often as {@code attempts} says, with the
 * time-outs of glibc's {@code res_send}. Every query has an identifier and a socket of its own (RFC 5452); a late
 * answer to an earlier one counts as well.
 */
final class Query {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** After so many wrong messages at one socket somebody is guessing: the server is asked over TCP. */
    private static final int MAX_WRONG = 16;

    private final LookupContext context;
    private final Question question;
    private final LongConsumer whenDone;
    private final List<Sent> sent = new ArrayList<>();

    // How many queries came before this one, over all servers and attempts.
    private int position = -1;
    private boolean edns;
    private long deadline;
    private Outcome lastFailure;
    private @Nullable Outcome outcome;
    private @Nullable String alias;

    /** @param whenDone called once with the time, when there is an outcome; also by {@link #start} */
    Query(final LookupContext context, final Question question, final LongConsumer whenDone) {
        this.context = context;
        this.question = question;
        this.whenDone = whenDone;
        this.edns = context.config().edns();
        this.lastFailure = Outcome.none(Outcome.Kind.UNREACHABLE, 0, "there is no DNS server to ask");
    }

    void start(final long now) {
        askNext(now);
    }

    /** Goes on if the time for an answer is over. */
    void tick(final long now) {
        if (outcome == null && now - deadline >= 0) {
            context.counters().count(Event.TIMEOUT);
            lastFailure = Outcome.none(Outcome.Kind.UNREACHABLE, 0, server() + " does not answer");
            askNext(now);
        }
    }

    /** When {@link #tick} has to be called at the latest. */
    long deadline() {
        return outcome == null ? deadline : Long.MAX_VALUE;
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    /** The name to ask for next, if the servers only say that the name is an alias; the outcome is NO_DATA then. */
    @Nullable
    String alias() {
        return alias;
    }

    /** Closes all sockets. */
    void close() {
        for (final Sent each : sent) {
            each.close();
        }
        sent.clear();
    }

    // ---- Asking

    private Endpoint server() {
        final List<Endpoint> servers = context.config().servers();
        return servers.get((context.firstServer() + position) % servers.size());
    }

    private void askNext(final long now) {
        final ResolverConfig config = context.config();
        position++;
        if (position >= config.servers().size() * config.attempts()) {
            finish(lastFailure, now);
            return;
        }
        ask(config.overTcp(), now);
    }

    private void ask(final boolean overTcp, final long now) {
        context.counters().count(overTcp ? Event.QUERY_OVER_TCP : Event.QUERY);
        deadline = now + timeoutNanos();
        final Sent query = new Sent(context.random().nextInt(0x1_0000), position, overTcp);
        sent.add(query);
        query.exchange = context.exchanges().send(server(), overTcp, DnsCodec.query(query.id, question, edns), query);
    }

    /** As glibc: the configured time for the first server, then more, in relation to the number of servers. */
    private long timeoutNanos() {
        final int servers = context.config().servers().size();
        final int index = position % servers;
        long seconds = (long) context.config().timeoutSeconds() << Math.min(index, 16);
        if (index > 0) {
            seconds /= servers;
        }
        return Math.max(1, seconds) * NANOS_PER_SECOND;
    }

    private void finish(final Outcome result, final long now) {
        outcome = result;
        close();
        whenDone.accept(now);
    }

    // ---- Answers

    /** One query that was sent. */
    private final class Sent implements Exchanges.Receiver {

        final int id;
        final int atPosition;
        final boolean overTcp;
        int wrong;
        boolean ended;
        Exchanges.@Nullable Exchange exchange;

        Sent(final int id, final int atPosition, final boolean overTcp) {
            this.id = id;
            this.atPosition = atPosition;
            this.overTcp = overTcp;
        }

        void close() {
            ended = true;
            if (exchange != null) {
                exchange.close();
            }
        }

        @Override
        public void received(final byte[] message, final long now) {
            if (ended) {
                return;
            }
            final DnsAnswer answer = DnsCodec.read(message);
            final AnswerDrop reason = objection(answer);
            if (answer == null || reason != null) {
                context.counters().count(reason == null ? AnswerDrop.MALFORMED : reason);
                wrong++;
                if (wrong == MAX_WRONG) {
                    distrust(this, now);
                }
            } else if (answer.isTruncated() && !overTcp) {
                // RFC 7766 5: whatever else it says. The rest of it is not used.
                close();
                if (atPosition == position) {
                    ask(true, now);
                }
            } else {
                take(answer, this, now);
            }
        }

        private @Nullable AnswerDrop objection(final @Nullable DnsAnswer answer) {
            if (answer == null) {
                return AnswerDrop.MALFORMED;
            }
            if (!answer.isResponse() || !DnsCodec.isQuery(answer.opcode())) {
                return AnswerDrop.NOT_AN_ANSWER;
            }
            if (answer.id() != id) {
                return AnswerDrop.WRONG_ID;
            }
            // A server that could not read the query may leave the question out of its error.
            final boolean bareError = answer.question() == null
                    && answer.code() != DnsAnswer.NO_ERROR
                    && answer.code() != DnsAnswer.NAME_ERROR;
            return bareError || question.equals(answer.question()) ? null : AnswerDrop.WRONG_QUESTION;
        }

        @Override
        public void failed(final String why, final long now) {
            context.counters().count(Event.UNREACHABLE);
            ended = true;
            if (outcome == null && atPosition == position) {
                lastFailure = Outcome.none(Outcome.Kind.UNREACHABLE, 0, server() + ": " + why);
                askNext(now);
            }
        }
    }

    private void distrust(final Sent query, final long now) {
        query.close();
        if (query.atPosition != position) {
            return;
        }
        if (query.overTcp) {
            lastFailure = Outcome.none(Outcome.Kind.UNREACHABLE, 0, server() + " sends other things than answers");
            askNext(now);
        } else {
            ask(true, now);
        }
    }

    private void take(final DnsAnswer answer, final Sent query, final long now) {
        switch (answer.code()) {
            case DnsAnswer.NO_ERROR -> {
                if (answer.isLame()) {
                    refused(query, "has no answer and asks no other server", now);
                } else {
                    takeRecords(answer, query, now);
                }
            }
            case DnsAnswer.NAME_ERROR ->
                finish(Outcome.none(Outcome.Kind.NO_NAME, answer.negativeTtlSeconds(), ""), now);
            case DnsAnswer.FORMAT_ERROR, DnsAnswer.NOT_IMPLEMENTED, DnsAnswer.BAD_VERSION -> {
                // RFC 6891 7: a server from before EDNS.
                if (edns && query.atPosition == position) {
                    edns = false;
                    query.close();
                    ask(query.overTcp, now);
                } else {
                    refused(query, "answers " + DnsCodec.codeName(answer.code()), now);
                }
            }
            default -> refused(query, "answers " + DnsCodec.codeName(answer.code()), now);
        }
    }

    private void takeRecords(final DnsAnswer answer, final Sent query, final long now) {
        final AliasChain chain = AliasChain.follow(question, answer.records()).orElse(null);
        if (chain == null) {
            context.counters().count(AnswerDrop.ALIAS_LOOP);
            refused(query, "answers with aliases that lead nowhere", now);
        } else if (!chain.records().isEmpty()) {
            finish(Outcome.found(chain.records(), chain.ttlSeconds()), now);
        } else {
            // Without an SOA record the server has not looked for the alias (RFC 2308 2.2, type 3 is the other case).
            if (!chain.name().equals(question.name()) && answer.negativeTtlSeconds() < 0) {
                alias = chain.name();
                finish(Outcome.none(Outcome.Kind.NO_DATA, chain.ttlSeconds(), ""), now);
            } else {
                finish(Outcome.none(Outcome.Kind.NO_DATA, answer.negativeTtlSeconds(), ""), now);
            }
        }
    }

    /** A server has answered that it does not know: the next one is asked at once. */
    private void refused(final Sent query, final String why, final long now) {
        context.counters().count(Event.SERVER_FAILURE);
        query.close();
        if (query.atPosition == position) {
            lastFailure = Outcome.none(Outcome.Kind.SERVER_FAILURE, 0, server() + " " + why);
            askNext(now);
        }
    }
}
