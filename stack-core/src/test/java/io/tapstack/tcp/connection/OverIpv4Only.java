package io.tapstack.tcp.connection;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A trace about something that IPv6 does not have, or has in another form: left out of the run over IPv6. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@DisabledIfSystemProperty(named = "tapstack.trace.family", matches = "6")
@interface OverIpv4Only {}
