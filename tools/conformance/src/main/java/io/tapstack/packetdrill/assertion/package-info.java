/**
 * Assertions over {@code struct tcp_info}: the part of Python that scripts use between <code>%{</code> and <code>}%
 * </code>.
 */
@NullMarked
package io.tapstack.packetdrill.assertion;

import org.jspecify.annotations.NullMarked;
