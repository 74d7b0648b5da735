// Links of the router in Mantine's clothes: real addresses, so that a middle click opens a tab.
import {
  ActionIcon,
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Own = { readonly ref?: Ref<HTMLAnchorElement> };
type Native<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

export const Link = createLink((props: AnchorProps & Native<AnchorProps> & Own) => <Anchor {...props} />);
export const ButtonLink = createLink((props: ButtonProps & Native<ButtonProps> & Own) => (
  <Button component="a" {...props} />
));
export const RailLink = createLink((props: NavLinkProps & Native<NavLinkProps> & Own) => (
  <NavLink component="a" {...props} />
));
export const IconLink = createLink((props: Native<object> & Own & { 'aria-label': string }) => (
  <ActionIcon component="a" {...props} />
));
