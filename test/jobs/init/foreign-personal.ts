/** What init has to find personal on the foreign sites: kind → column → what anonymising would write. */

type Personal = Readonly<Record<string, Readonly<Record<string, string>>>>

export const personalOf: Readonly<Record<'forum' | 'blog' | 'base', Personal>> = {
  forum: {
    membre: {
      pseudo: 'blank',
      mail: 'unique_address',
      mdp: 'blank',
      ip: 'truncated_ip',
      ddn: 'year',
      annee_naissance: '{ bucketed: 10 }',
      age: '{ bucketed: 5 }',
      code_postal: '{ generalised: 2 }',
      cp: '{ bucketed: 1000 }',
    },
    messages_prive: { contenu: 'blank', id_recipient: 'null' },
    reponse: { texte: 'blank', ip: 'truncated_ip' },
    sujet: {},
    visite: { remote_addr: 'truncated_ip', ua: 'coarse_user_agent' },
  },
  blog: {
    user: {
      user_login: 'blank',
      user_pass: 'blank',
      user_email: 'unique_address',
      user_url: 'blank',
      display_name: 'blank',
    },
    newsletter: { email: 'unique_address', profile: '{ without: [$.phone] }' },
    comment: {
      comment_author: 'blank',
      comment_author_email: 'unique_address',
      comment_author_IP: 'truncated_ip',
      comment_content: 'blank',
      comment_agent: 'coarse_user_agent',
    },
    post: { post_content: 'blank' },
    usermeta: { meta_value: 'blank' },
  },
  base: {
    customer: { email: 'unique_address', full_name: 'blank', phone: 'blank' },
    // Its address is its key, which stays, and a remark says so.
    subscriber: {},
    contract: { iban: 'blank' },
    device_token: { ip: 'truncated_ip' },
    contract_note: { body: 'blank' },
    customer_note: { body: 'blank' },
  },
}
