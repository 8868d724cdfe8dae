package io.tapstack.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.names.ResolverCounters.Event;
import io.tapstack.names.SentQueries.Sent;
import io.tapstack.wire.IpAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A look-up without sockets: queries out, answers and time in; the stub resolver of RFC 1034 5.3.1 and RFC 1035 7. */
class LookupTest {

    private static final long SECOND = 1_000_000_000;
    private static final IpAddress FIRST = IpAddress.parse("10.0.0.53");
    private static final IpAddress SECOND_SERVER = IpAddress.parse("10.0.0.54");
    private static final IpAddress THIRD = IpAddress.parse("2001:db8::53");
    private static final Zone EXAMPLE = new Zone()
            .with("example.com. 300 SOA ns.example.com. root.example.com. 1 2 3 4 60")
            .with("www.example.com. 300 A 192.0.2.1")
            .with("www.example.com. 300 AAAA 2001:db8::1")
            .with("old.example.com. 100 CNAME www.example.com.")
            .with("four.example.com. 300 A 192.0.2.4")
            .with("mail.example.com. 300 MX 10 mx.example.com.");

    private final SentQueries sent = new SentQueries();
    private final NameCache cache = new NameCache(16);
    private final ResolverCounters counters = new ResolverCounters();
    private final SplittableRandom random = new SplittableRandom(1);
    private ResolverConfig config = ResolverConfig.of(FIRST);
    private int firstServer;

    private Lookup begin(final String name, final long now, final int... types) throws UnknownHostException {
        final LookupContext context = new LookupContext(config, firstServer, sent, cache, random, counters);
        final Lookup lookup = new Lookup(context, HostName.parse(name), types);
        lookup.start(now);
        return lookup;
    }

    private Lookup begin(final String name) throws UnknownHostException {
        return begin(name, 0, DnsCodec.AAAA, DnsCodec.A);
    }

    private Lookup beginA(final String name) throws UnknownHostException {
        return begin(name, 0, DnsCodec.A);
    }

    private static List<IpAddress> addresses(final String... texts) {
        return Stream.of(texts).map(IpAddress::parse).toList();
    }

    private List<String> sentTexts() {
        return sent.all.stream().map(Sent::toString).toList();
    }

    // ---- Questions and answers

    @Test
    void asksForBothFamiliesAtOnce() throws Exception {
        final Lookup lookup = begin("WWW.Example.com");
        assertThat(sentTexts())
                .containsExactly("10.0.0.53:53 AAAA www.example.com.", "10.0.0.53:53 A www.example.com.");
        assertThat(sent.all.get(0).message().getHeader().getFlag(Flags.RD)).isTrue();
        final Sent ipv4 = sent.all.get(1);
        ipv4.answer(EXAMPLE.answer(ipv4.query), SECOND);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
        assertThat(lookup.addresses(false)).isEmpty();
        assertThat(lookup.isDone()).isFalse();
        sent.answerAll(EXAMPLE, SECOND);
        assertThat(lookup.isDone()).isTrue();
        assertThat(lookup.addresses(false)).contains(addresses("2001:db8::1"));
        assertThat(sent.open()).isEmpty();
    }

    @Test
    void isContentWithOneFamily() throws Exception {
        final Lookup lookup = begin("four.example.com");
        sent.answerAll(EXAMPLE, 0);
        assertThat(lookup.isDone()).isTrue();
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.4"));
        assertThat(lookup.addresses(false)).contains(List.of());
    }

    @Test
    void findsOtherTypes() throws Exception {
        final Lookup lookup = begin("mail.example.com", 0, Type.MX);
        sent.answerAll(EXAMPLE, 0);
        assertThat(lookup.records(Type.MX)).singleElement().satisfies(record -> {
            assertThat(record.type()).isEqualTo("MX");
            assertThat(record.data()).isEqualTo("10 mx.example.com.");
            assertThat(record.ttlSeconds()).isEqualTo(300);
        });
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        final Lookup unknown = begin("nothing.example.com");
        sent.answerAll(EXAMPLE, 0);
        assertThat(unknown.failure()).hasMessage("nothing.example.com: unknown host");
        assertThat(unknown.failure().isTemporary()).isFalse();
        final Lookup noAddress = begin("mail.example.com");
        sent.answerAll(EXAMPLE, 0);
        assertThat(noAddress.failure()).hasMessage("mail.example.com has no address");
        final Lookup noRecord = begin("four.example.com", 0, Type.MX);
        sent.answerAll(EXAMPLE, 0);
        assertThat(noRecord.failure()).hasMessage("four.example.com has no MX record");
    }

    // ---- Forged answers (RFC 5452)

    @Test
    void eachQueryHasAnIdentifierOfItsOwn() throws Exception {
        for (int i = 0; i < 20; i++) {
            beginA("name" + i + ".example.com");
        }
        assertThat(sent.all.stream()
                        .map(each -> each.message().getHeader().getID())
                        .distinct())
                .hasSize(20);
    }

    @Test
    void dropsWhatDoesNotFit() throws Exception {
        final Lookup lookup = beginA("www.example.com");
        final Sent query = sent.last();
        final Message good = EXAMPLE.answer(query.query);
        final Message otherId = good.clone();
        otherId.getHeader().setID(good.getHeader().getID() ^ 1);
        query.answer(otherId, 0);
        final Message noResponse = good.clone();
        noResponse.getHeader().unsetFlag(Flags.QR);
        query.answer(noResponse, 0);
        final Message otherQuestion = good.clone();
        otherQuestion.removeAllRecords(Section.QUESTION);
        otherQuestion.addRecord(
                org.xbill.DNS.Record.newRecord(
                        org.xbill.DNS.Name.fromString("ftp.example.com."), Type.A, org.xbill.DNS.DClass.IN),
                Section.QUESTION);
        query.answer(otherQuestion, 0);
        query.receiver.received(new byte[] {1, 2, 3}, 0);
        query.receiver.received(new byte[0], 0);
        assertThat(lookup.isDone()).isFalse();
        assertThat(counters.dropped(AnswerDrop.WRONG_ID)).isEqualTo(1);
        assertThat(counters.dropped(AnswerDrop.NOT_AN_ANSWER)).isEqualTo(1);
        assertThat(counters.dropped(AnswerDrop.WRONG_QUESTION)).isEqualTo(1);
        assertThat(counters.dropped(AnswerDrop.MALFORMED)).isEqualTo(2);
        assertThat(sent.all).hasSize(1);
        query.answer(good, 0);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
    }

    /** Guesses at the identifier: after a few of them the answer comes over TCP, which cannot be forged blindly. */
    @Test
    void asksOverTcpWhenSomebodyGuesses() throws Exception {
        beginA("www.example.com");
        final Sent query = sent.last();
        for (int i = 0; i < 100; i++) {
            final Message guess = EXAMPLE.answer(query.query);
            guess.getHeader().setID((guess.getHeader().getID() + 1 + i) & 0xFFFF);
            query.answer(guess, 0);
        }
        assertThat(sentTexts())
                .containsExactly("10.0.0.53:53 A www.example.com.", "TCP 10.0.0.53:53 A www.example.com.");
        assertThat(query.closed).isTrue();
    }

    /** An address of IPv4 in an AAAA record would be connected to as one of IPv4. */
    @Test
    void dropsMappedAddresses() throws Exception {
        final Lookup lookup = begin("mapped.example.com");
        sent.answerAll(new Zone().with("mapped.example.com. 300 AAAA ::ffff:192.0.2.1"), 0);
        assertThat(lookup.addresses(false)).contains(List.of());
        assertThat(lookup.addresses(true)).contains(List.of());
    }

    // ---- Time-outs and servers, as glibc

    @Test
    void asksTwiceWithFiveSecondsEach() throws Exception {
        final Lookup lookup = beginA("www.example.com");
        assertThat(lookup.deadline()).isEqualTo(5 * SECOND);
        lookup.tick(5 * SECOND - 1);
        assertThat(sent.all).hasSize(1);
        lookup.tick(5 * SECOND);
        assertThat(sent.all).hasSize(2);
        lookup.tick(10 * SECOND);
        assertThat(sent.all).hasSize(2);
        assertThat(lookup.isDone()).isTrue();
        assertThat(lookup.failure()).hasMessage("www.example.com: 10.0.0.53:53 does not answer");
        assertThat(lookup.failure().isTemporary()).isTrue();
        assertThat(counters.events(Event.TIMEOUT)).isEqualTo(2);
        assertThat(sent.open()).isEmpty();
    }

    @Test
    void asksAllServersInTurn() throws Exception {
        config = ResolverConfig.of(FIRST, SECOND_SERVER, THIRD);
        final Lookup lookup = beginA("www.example.com");
        final List<Long> times = new ArrayList<>();
        while (!lookup.isDone()) {
            times.add(lookup.deadline() / SECOND);
            lookup.tick(lookup.deadline());
        }
        // 5 s, then (5 << 1) / 3, then (5 << 2) / 3.
        assertThat(times).containsExactly(5L, 8L, 14L, 19L, 22L, 28L);
        assertThat(sent.all.stream().map(each -> each.server.address()))
                .containsExactly(FIRST, SECOND_SERVER, THIRD, FIRST, SECOND_SERVER, THIRD);
    }

    @Test
    void rotates() throws Exception {
        config = ResolverConfig.of(FIRST, SECOND_SERVER);
        firstServer = 3;
        beginA("www.example.com");
        assertThat(sent.last().server.address()).isEqualTo(SECOND_SERVER);
    }

    @Test
    void takesALateAnswer() throws Exception {
        config = ResolverConfig.of(FIRST, SECOND_SERVER);
        final Lookup lookup = beginA("www.example.com");
        lookup.tick(5 * SECOND);
        final Sent late = sent.all.get(0);
        late.answer(EXAMPLE.answer(late.query), 6 * SECOND);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
        assertThat(sent.open()).isEmpty();
    }

    @Test
    void asksTheNextServerAtOnceAfterAFailure() throws Exception {
        config = ResolverConfig.of(FIRST, SECOND_SERVER, THIRD);
        final Lookup lookup = beginA("www.example.com");
        sent.last().answer(Zone.reply(sent.last().query, Rcode.SERVFAIL), 0);
        assertThat(sent.last().server.address()).isEqualTo(SECOND_SERVER);
        sent.last().receiver.failed("connection refused", 0);
        assertThat(sent.last().server.address()).isEqualTo(THIRD);
        sent.last().answer(EXAMPLE.answer(sent.last().query), 0);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
    }

    @Test
    void passesALameServer() throws Exception {
        config = ResolverConfig.of(FIRST, SECOND_SERVER).withEdns(false);
        beginA("www.example.com");
        final Message lame = Zone.reply(sent.last().query, Rcode.NOERROR);
        lame.getHeader().unsetFlag(Flags.RA);
        sent.last().answer(lame, 0);
        assertThat(sent.last().server.address()).isEqualTo(SECOND_SERVER);
    }

    @Test
    void failsWithoutServers() throws Exception {
        config = ResolverConfig.DEFAULT;
        final Lookup lookup = begin("www.example.com");
        assertThat(lookup.isDone()).isTrue();
        assertThat(lookup.failure()).hasMessage("www.example.com: there is no DNS server to ask");
    }

    // ---- EDNS and truncation

    @Test
    void offersALargerDatagram() throws Exception {
        beginA("www.example.com");
        final OPTRecord opt = sent.last().message().getOPT();
        assertThat(opt.getPayloadSize()).isEqualTo(1_232);
        config = config.withEdns(false);
        beginA("www.example.com");
        assertThat(sent.last().message().getOPT()).isNull();
    }

    /** RFC 6891 7: a server from before EDNS answers FORMERR. */
    @Test
    void asksOldServersWithoutEdns() throws Exception {
        final Lookup lookup = beginA("www.example.com");
        final Message bare = new Message(sent.last().message().getHeader().getID());
        bare.getHeader().setFlag(Flags.QR);
        bare.getHeader().setRcode(Rcode.FORMERR);
        sent.last().answer(bare, 0);
        assertThat(sent.all).hasSize(2);
        assertThat(sent.last().message().getOPT()).isNull();
        sent.answerAll(EXAMPLE, 0);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
    }

    /** RFC 7766 5. */
    @Test
    void asksOverTcpAfterATruncatedAnswer() throws Exception {
        final Lookup lookup = beginA("www.example.com");
        final Message truncated = Zone.reply(sent.last().query, Rcode.NOERROR);
        truncated.getHeader().setFlag(Flags.TC);
        sent.last().answer(truncated, 0);
        assertThat(sent.all.get(0).closed).isTrue();
        assertThat(sent.last()).hasToString("TCP 10.0.0.53:53 A www.example.com.");
        sent.answerAll(EXAMPLE, 0);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
        assertThat(counters.events(Event.QUERY_OVER_TCP)).isEqualTo(1);
    }

    // ---- Aliases

    @Test
    void followsAliases() throws Exception {
        final Lookup lookup = beginA("old.example.com");
        sent.answerAll(EXAMPLE, 0);
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
        assertThat(sent.all).hasSize(1);
        // The least TTL of the chain counts.
        assertThat(cache.get(new Question("old.example.com", DnsCodec.A), 99 * SECOND))
                .isNotNull();
        assertThat(cache.get(new Question("old.example.com", DnsCodec.A), 100 * SECOND))
                .isNull();
    }

    @Test
    void asksForTheAliasIfTheServerDoesNot() throws Exception {
        final Zone lazy = new Zone()
                .with("old.example.com. 100 CNAME www.example.com.")
                .with("www.example.com. 300 A 192.0.2.1")
                .withoutFollowingAliases();
        final Lookup lookup = beginA("old.example.com");
        sent.answerAll(lazy, 0);
        assertThat(sentTexts()).containsExactly("10.0.0.53:53 A old.example.com.", "10.0.0.53:53 A www.example.com.");
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
        assertThat(cache.get(new Question("old.example.com", DnsCodec.A), 100 * SECOND))
                .isNull();
    }

    @Test
    void endsInACircleOfAliases() throws Exception {
        final Zone circle = new Zone()
                .with("a.example.com. 100 CNAME b.example.com.")
                .with("b.example.com. 100 CNAME a.example.com.");
        final Lookup lookup = beginA("a.example.com");
        sent.answerAll(circle, 0);
        assertThat(lookup.isDone()).isTrue();
        assertThat(lookup.failure()).hasMessage("a.example.com: 10.0.0.53:53 answers with aliases that lead nowhere");
        assertThat(counters.dropped(AnswerDrop.ALIAS_LOOP)).isPositive();
        circle.withoutFollowingAliases();
        cache.clear();
        final Lookup slow = beginA("a.example.com");
        sent.answerAll(circle, 0);
        assertThat(slow.isDone()).isTrue();
        assertThat(slow.failure()).hasMessage("a.example.com: its aliases lead nowhere");
    }

    @Test
    void limitsTheNumberOfAliases() throws Exception {
        final Zone chain = new Zone().withoutFollowingAliases();
        for (int i = 0; i < 40; i++) {
            chain.with("a" + i + ".example.com. 100 CNAME a" + (i + 1) + ".example.com.");
        }
        final Lookup lookup = beginA("a0.example.com");
        sent.answerAll(chain, 0);
        assertThat(lookup.isDone()).isTrue();
        assertThat(sent.all).hasSize(AliasChain.MAX_ALIASES);
    }

    // ---- The search list

    @Test
    void triesTheSearchListFirstForAShortName() throws Exception {
        config = config.withSearch(List.of("lab.example.com", "example.com"));
        final Lookup lookup = beginA("www");
        sent.answerAll(EXAMPLE, 0);
        assertThat(sentTexts())
                .containsExactly("10.0.0.53:53 A www.lab.example.com.", "10.0.0.53:53 A www.example.com.");
        assertThat(lookup.addresses(true)).contains(addresses("192.0.2.1"));
    }

    @Test
    void triesTheNameItselfFirstWithEnoughDots() throws Exception {
        config = config.withSearch(List.of("example.com"));
        final Lookup lookup = beginA("www.lab");
        sent.answerAll(EXAMPLE, 0);
        assertThat(sentTexts()).containsExactly("10.0.0.53:53 A www.lab.", "10.0.0.53:53 A www.lab.example.com.");
        assertThat(lookup.failure()).hasMessage("www.lab: unknown host");
        config = config.withNdots(2);
        sent.all.clear();
        cache.clear();
        beginA("www.lab");
        assertThat(sentTexts()).containsExactly("10.0.0.53:53 A www.lab.example.com.");
    }

    @Test
    void aDotAtTheEndForbidsTheSearchList() throws Exception {
        config = config.withSearch(List.of("example.com"));
        beginA("www.");
        sent.answerAll(EXAMPLE, 0);
        assertThat(sentTexts()).containsExactly("10.0.0.53:53 A www.");
    }

    /** Servers that do not answer would not answer the next question either. */
    @Test
    void endsTheSearchWhenNoServerAnswers() throws Exception {
        config = config.withSearch(List.of("example.com", "example.net"));
        final Lookup lookup = beginA("www");
        lookup.tick(5 * SECOND);
        lookup.tick(10 * SECOND);
        assertThat(lookup.isDone()).isTrue();
        assertThat(sent.all).hasSize(2);
    }

    @Test
    void remembersAServerFailureOfTheSearch() throws Exception {
        config = config.withSearch(List.of("example.com")).withAttempts(1);
        final Lookup lookup = beginA("www.lab");
        sent.last().answer(Zone.reply(sent.last().query, Rcode.REFUSED), 0);
        sent.answerAll(EXAMPLE, 0);
        assertThat(lookup.failure()).hasMessage("www.lab: 10.0.0.53:53 answers REFUSED");
        assertThat(lookup.failure().isTemporary()).isTrue();
    }

    // ---- Names that no server is asked for

    /** RFC 6761 6.3 and 6.4, RFC 7686 2. */
    @Test
    void knowsSpecialNames() throws Exception {
        for (final String name : List.of("localhost", "LOCALHOST.", "a.b.localhost")) {
            final Lookup lookup = begin(name);
            assertThat(lookup.addresses(true)).contains(addresses("127.0.0.1"));
            assertThat(lookup.addresses(false)).contains(addresses("::1"));
        }
        for (final String name : List.of("invalid", "www.invalid", "abc.onion")) {
            final Lookup lookup = begin(name);
            assertThat(lookup.isDone()).isTrue();
            assertThat(lookup.failure()).hasMessage(name + ": unknown host");
        }
        assertThat(sent.all).isEmpty();
    }

    @Test
    void prefersTheHostsFile() throws Exception {
        config = config.withHosts(HostsFile.parse("10.1.1.1 printer\n2001:db8::9 printer\n127.0.1.1 localhost"));
        final Lookup lookup = begin("printer");
        assertThat(lookup.addresses(true)).contains(addresses("10.1.1.1"));
        assertThat(lookup.addresses(false)).contains(addresses("2001:db8::9"));
        assertThat(begin("localhost").addresses(true)).contains(addresses("127.0.1.1"));
        assertThat(sent.all).isEmpty();
    }

    // ---- The cache

    @Test
    void answersFromTheCacheUntilTheTtlIsOver() throws Exception {
        beginA("www.example.com");
        sent.answerAll(EXAMPLE, 0);
        final Lookup second = begin("www.example.com", 299 * SECOND, DnsCodec.A);
        assertThat(second.addresses(true)).contains(addresses("192.0.2.1"));
        assertThat(sent.all).hasSize(1);
        assertThat(counters.events(Event.CACHE_HIT)).isEqualTo(1);
        begin("www.example.com", 300 * SECOND, DnsCodec.A);
        assertThat(sent.all).hasSize(2);
    }

    /** RFC 2308 5: the SOA's minimum of 60 s is less than its TTL. */
    @Test
    void keepsTheAbsenceOfANameAndOfRecords() throws Exception {
        begin("nothing.example.com", 0, DnsCodec.A);
        begin("four.example.com", 0, DnsCodec.AAAA);
        sent.answerAll(EXAMPLE, 0);
        assertThat(begin("nothing.example.com", 59 * SECOND, DnsCodec.A).failure())
                .hasMessage("nothing.example.com: unknown host");
        assertThat(begin("four.example.com", 59 * SECOND, DnsCodec.AAAA).isDone())
                .isTrue();
        assertThat(sent.all).hasSize(2);
        begin("nothing.example.com", 60 * SECOND, DnsCodec.A);
        assertThat(sent.all).hasSize(3);
    }

    @Test
    void keepsNoAbsenceWithoutAnSoaRecord() throws Exception {
        beginA("nothing.example.com");
        sent.answerAll(new Zone(), 0);
        beginA("nothing.example.com");
        assertThat(sent.all).hasSize(2);
    }

    @Test
    void keepsAServerFailureForFiveSeconds() throws Exception {
        config = config.withAttempts(1);
        beginA("www.example.com");
        sent.last().answer(Zone.reply(sent.last().query, Rcode.SERVFAIL), 0);
        assertThat(begin("www.example.com", 4 * SECOND, DnsCodec.A).isDone()).isTrue();
        begin("www.example.com", 5 * SECOND, DnsCodec.A);
        assertThat(sent.all).hasSize(2);
    }

    @Test
    void doesNotKeepTimeouts() throws Exception {
        final Lookup lookup = beginA("www.example.com");
        lookup.tick(5 * SECOND);
        lookup.tick(10 * SECOND);
        begin("www.example.com", 10 * SECOND, DnsCodec.A);
        assertThat(sent.all).hasSize(3);
    }

    @Test
    void theCacheIsBounded() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            beginA("name" + i + ".example.com");
            sent.last().answer(EXAMPLE.answer(sent.last().query), 0);
        }
        assertThat(cache.size()).isEqualTo(16);
    }
}
