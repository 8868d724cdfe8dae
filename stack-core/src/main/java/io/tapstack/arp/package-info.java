/** Address resolution for Ethernet (RFC 826) and address conflict detection (RFC 5227). */
@NullMarked
package io.tapstack.arp;

import org.jspecify.annotations.NullMarked;
